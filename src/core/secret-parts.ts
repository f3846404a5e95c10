// What of this value must nobody see, and how else may it be written?

/** Shorter ones would be found in innocent words, and hide more than they protect. In characters. */
export const SHORTEST = 6;
/** A line of a longer secret by itself: shorter ones are often not secret at all (`kind: Config`). */
const SHORTEST_LINE = 16;

/** Variables that hold a credential by their name, whoever reads them. */
export function isSecretName(name: string): boolean {
  return /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|_KEY|_PAT)$/.test(name);
}

export interface Parts {
  /** What identifies nothing but itself; any stretch of it is secret. */
  readonly pure: readonly string[];
  /** Secret as a whole, of parts that are not, such as an address with a password. */
  readonly whole: readonly string[];
  /** What nobody but us knows to be secret: it is only a piece of what was handed over. */
  readonly derived: readonly string[];
}

/** Addresses, numbers and certificates are handed over by the same way as secrets, and are none. */
export function partsOf(value: string): Parts {
  const text = value.trim();
  if (/^\d*$/.test(text) || text.startsWith("-----BEGIN CERTIFICATE") || isAddress(text)) {
    return { pure: [], whole: [], derived: [] };
  }
  const userinfo = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(text)?.[1];
  if (userinfo !== undefined) {
    const password = userinfo.slice(userinfo.indexOf(":") + 1);
    const derived = long([password, decoded(password)]);
    return { pure: derived, whole: long([text]), derived };
  }
  const lines = text.split(/\r?\n|\\n/).map((line) => line.trim());
  if (lines.length > 1) {
    const own = lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith("-----"));
    return { pure: own, whole: long([text]), derived: [] };
  }
  return { pure: long([text]), whole: [], derived: [] };
}

function long(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text.length >= SHORTEST);
}

/** Without a login, a query or a long random name in its path. */
function isAddress(text: string): boolean {
  return /^(?:https?|wss?|ldaps?):\/\/[^\s@?#/]+(?:\/[^\s@?#/]{0,15})*$/.test(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The text itself and whatever a tool on the way may make of it. */
export function spellings(text: string): readonly string[] {
  const bytes = utf8(text);
  const json = JSON.stringify(text).slice(1, -1);
  const url = bytes.map((byte) => (isUnreserved(byte) ? String.fromCharCode(byte) : percent(byte))).join("");
  const component = encodeURIComponent(wellFormed(text));
  const all = [
    text,
    ...[json, ascii(json), JSON.stringify(json).slice(1, -1)],
    ...[url, component].flatMap((one) => [one, lowered(one), one.replaceAll("%20", "+")]),
    ...base64s(bytes).flatMap((one) => [one, one.replaceAll("+", "-").replaceAll("/", "_")]),
    ...[hex(bytes), hex(bytes).toUpperCase()],
    ...marked(text),
  ];
  return [...new Set(all)];
}

/** Quotes of SQL and the shell, cells of a table, values of a workflow command, HTML. */
function marked(text: string): readonly string[] {
  const command = text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    text.replaceAll("'", "''"),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("|", "\\|"),
    command,
    command.replaceAll(":", "%3A").replaceAll(",", "%2C"),
    ...[html, html.replaceAll('"', "&quot;")].flatMap((one) => [
      one,
      one.replaceAll("'", "&#39;"),
      one.replaceAll("'", "&#x27;"),
    ]),
  ];
}

/** Half a character cannot be sent by anything. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

function utf8(text: string): readonly number[] {
  const escaped = encodeURIComponent(wellFormed(text));
  return [...escaped.matchAll(/%([0-9A-F]{2})|[^%]/g)].map(([char, code]) =>
    code === undefined ? char.charCodeAt(0) : Number.parseInt(code, 16),
  );
}

function isUnreserved(byte: number): boolean {
  return /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte));
}

function percent(byte: number): string {
  return `%${hex([byte]).toUpperCase()}`;
}

function lowered(url: string): string {
  return url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * What the bytes look like within base64, whatever stands before and behind them: three of four characters are the
 * same for each of the three places where they may begin. Characters that depend on neighbours are left out.
 */
function base64s(bytes: readonly number[]): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const bits = [...Array<number>(offset).fill(0), ...bytes];
    const full = Math.floor((bits.length * 8) / 6);
    const from = Math.ceil((offset * 8) / 6);
    return Array.from({ length: Math.max(0, full - from) }, (_, i) => sextet(bits, from + i)).join("");
  });
}

function sextet(bytes: readonly number[], index: number): string {
  const bit = index * 6;
  const at = Math.floor(bit / 8);
  const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ALPHABET[(pair >> (10 - (bit % 8))) & 63] ?? "";
}
