// Is every login in policy still the account whose number stands beside it?
import { error, warning } from "./finding.ts";
import type { Finding } from "./model.ts";
import type { AccountFact } from "./repository-facts.ts";
import { whereTold } from "./told.ts";

export function accountFindings(fact: AccountFact): readonly Finding[] {
  const { person, login, id, shown } = fact;
  return whereTold(`account ${id} (${login})`, shown, (user) => {
    if (user === null) return [goneFinding(fact)];
    if (user.login.toLowerCase() === login.toLowerCase()) return [];
    const message = `${person}: account ${id} is called ${user.login}, not ${login}${holderWords(fact)}`;
    return [error("LPS941", message, fixOf(person, `login: ${user.login}`))];
  });
}

function goneFinding(fact: AccountFact): Finding {
  const { person, login, id } = fact;
  const taken = holderWords(fact);
  const message = `${person}: there is no account ${id} (${login})${taken}`;
  const fix = `find out who is meant; remove the Person ${person} if they have left`;
  return taken === "" ? warning("LPS942", message, fix) : error("LPS941", message, fix);
}

function holderWords({ login, holder }: AccountFact): string {
  if (holder?.is !== "told" || holder.value === null) return "";
  return `; ${login} is somebody else now (account ${holder.value.id})`;
}

const fixOf = (person: string, line: string) =>
  `find out who is meant, then write \`${line}\` in the Person ${person}`;
