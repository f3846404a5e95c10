// Which codes are about files? (LPS1xx)

export const FILE_CODES = {
  LPS101: {
    title: "not valid YAML",
    explain:
      "The file could not be read as one strict YAML document. The place is where reading stopped making sense; the cause is often one line above (a missing colon, quote or indentation).",
  },
  LPS102: {
    title: "file too large",
    explain:
      "A file may have 16 KiB, 300 lines, 8 levels, 100 keys in one map, 600 entries in one list and 6,000 YAML tokens, so that a reviewer can read it and nobody can stall the check. Split it, or shorten it.",
  },
  LPS103: {
    title: "not plain UTF-8 text",
    explain:
      "Files are UTF-8 without byte order mark, with line feeds (LF) as line ends. Other bytes look different in different tools. Set the editor to UTF-8 and LF.",
  },
  LPS104: {
    title: "hidden character",
    explain:
      "The file holds a character that reviewers cannot see or that looks like another: a control, format, bidirectional, zero-width or unusual space character. Type the text anew instead of pasting it.",
  },
  LPS105: {
    title: "not in Unicode normal form C",
    explain:
      "Two spellings of one character compare as different although they look the same. Normalise the file to NFC; typing the word anew does it.",
  },
  LPS106: {
    title: "YAML feature not allowed",
    explain:
      "Anchors, aliases, tags, directives, merge keys and further documents make a file mean something else than it shows. Write the values out.",
  },
  LPS107: {
    title: "key written twice",
    explain: "Tools disagree on which of two equal keys counts, so neither does. Keep one.",
  },
  LPS108: {
    title: "reserved key",
    explain:
      "The words __proto__, constructor and prototype have a meaning in JavaScript and are never names here. Choose another.",
  },
  LPS109: {
    title: "key without a value",
    explain: "An empty value is a slip or an ambiguity. Write the value, or leave the whole line out.",
  },
  LPS110: {
    title: "unknown key",
    explain:
      "The schema does not have this key. A mistyped key would be a rule that nobody applies, so it is an error.",
  },
  LPS111: {
    title: "missing key",
    explain: "The schema demands this key.",
  },
  LPS112: {
    title: "wrong type",
    explain:
      "The schema demands another type here. true and false are booleans, whole numbers are written in digits without quotes, everything else is text.",
  },
  LPS113: {
    title: "value not allowed",
    explain: "Only the listed values are allowed here.",
  },
  LPS114: {
    title: "wrong form",
    explain: "The text does not have the form that the schema demands.",
  },
  LPS115: {
    title: "too long, too short, too many or too few",
    explain: "The value is outside the bounds of the schema.",
  },
  LPS116: {
    title: "not a duration",
    explain:
      "A duration is whole days, hours, minutes and seconds in this order, each at most once, like 4h, 90m or 1d12h: more than nothing and at most 366d. Months and ISO 8601 periods (P1M) have no fixed length and are not read.",
  },
  LPS117: {
    title: "not a point in time",
    explain:
      "A point in time is RFC 3339 with Z or an offset, like 2026-11-24T20:00:00Z. Times without a zone, leap seconds and days that do not exist are not read.",
  },
  LPS118: {
    title: "listed twice",
    explain: "Each entry of this list may stand there once.",
  },
  LPS120: {
    title: "not a place for a request",
    explain:
      "A request is requests/<entitlement>/<id>.yaml, both names in lower-case letters, digits and inner hyphens. Anything else under requests/ is never granted, whatever it holds, since look-alike names deceive reviewers.",
  },
  LPS121: {
    title: "not a regular file",
    explain:
      "Only regular files (mode 100644) are read. Symbolic links, submodules and executable files show a reviewer something else than they are.",
  },
  LPS122: {
    title: "name differs from the file's",
    explain:
      "The name in metadata.name is the file's base name, so that a file which cannot be read still has a name.",
  },
  LPS123: {
    title: "entitlement differs from the folder's",
    explain:
      "A request lies in the folder of the entitlement that it asks for, so that owners of a folder see every request for it.",
  },
  LPS124: {
    title: "looks like a secret",
    explain:
      "The text looks like a credential. Files here are read by many and kept for ever. Take it out, and revoke the credential, since it is in a commit already.",
  },
  LPS125: {
    title: "unexpected file",
    explain:
      "Only known places under policies/ are read. A file elsewhere would be a rule or a person that nobody applies.",
  },
  LPS126: {
    title: "wrong kind for this folder",
    explain: "Each folder under policies/ holds its own kinds.",
  },
  LPS130: {
    title: "no such thing",
    explain:
      "The file refers to something that no file under policies/ defines. Whatever refers to it cannot be used until that is mended.",
  },
  LPS131: {
    title: "unknown provider",
    explain: "No provider of this kind is built in.",
  },
  LPS132: {
    title: "two people with one account",
    explain:
      "Two person files name the same forge account. One person has one vote, so neither counts until that is mended.",
  },
  LPS133: {
    title: "longer than the settings allow",
    explain: "No entitlement may allow more than maxDuration in policies/lapse.yaml.",
  },
  LPS134: {
    title: "settings missing",
    explain:
      "The file policies/lapse.yaml names the installation and its limits. Nothing is granted without it.",
  },
  LPS135: {
    title: "provider has no such scope key",
    explain: "Requests can narrow only by the keys of the provider's scope schema.",
  },
  LPS136: {
    title: "matches nothing",
    explain:
      "Nothing under policies/ has this name at present, so what is written here has no effect. Often a slip of the keys.",
  },
  LPS137: {
    title: "a role that defeats time limits needs more care",
    explain:
      "Whoever holds this role can give himself, or leave behind, access that does not end with it. Lend it only at risk high or critical, where rules and approvers look harder; or lend a narrower role.",
  },
} as const;
