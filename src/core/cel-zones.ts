// What do the clocks on the wall say at an instant, in an IANA time zone?

interface WallClock {
  /** Monday is 1, Sunday is 7 (ISO 8601). */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Making a formatter costs sixty times what using it does, so each zone has one. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  formatters.set(zone, made);
  return made;
}

/** Names only: `+02:00` is not a zone, since it has no daylight saving time and not every runtime reads it. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(zone) || zone.length > 64) return false;
  try {
    formatter(zone);
    return true;
  } catch {
    return false;
  }
}

/** Rules ask one instant for its weekday and its hour: the last answer of each zone is kept. */
const latest = new Map<string, { readonly at: number; readonly clock: WallClock }>();

/** Throws RangeError for an unknown zone. */
export function wallClock(at: Date, zone: string): WallClock {
  const last = latest.get(zone);
  if (last?.at === at.getTime()) return last.clock;
  const clock = read(at, zone);
  latest.set(zone, { at: at.getTime(), clock });
  return clock;
}

function read(at: Date, zone: string): WallClock {
  const parts = new Map(
    formatter(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const weekday = WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1;
  const hour = Number(parts.get("hour"));
  const minute = Number(parts.get("minute"));
  if (weekday === 0 || Number.isNaN(hour + minute)) throw new RangeError(`no wall clock in ${zone}`);
  return { weekday, hour, minute };
}
