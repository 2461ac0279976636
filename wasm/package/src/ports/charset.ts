/**
 * Decodes the text of old commits as iconv would: `crates/native/src/charset.rs` says where that differs from the
 * web's meaning of a label, and this does the same.
 *
 * @returns `undefined` if the label is not known or the bytes are malformed.
 */
export function decode(label: string, bytes: Uint8Array): string | undefined {
  const name = label.trim().toLowerCase();
  if (/^(ascii|us-ascii|ansi_x3\.4-1968|iso646-us|646)$/.test(name)) {
    return bytes.every((byte) => byte < 0x80) ? latin1(bytes) : undefined;
  }
  if (/^(iso-?8859-1|iso88591|iso_8859-1|8859_1|latin-?1|l1|cp819)$/.test(name)) return latin1(bytes);
  if (/^(iso-?8859-9|iso88599|iso_8859-9|latin5|l5)$/.test(name)) return withControls("windows-1254", bytes);
  return ofTheWeb(VENDORS[name] ?? name, bytes);
}

const VENDORS: Record<string, string> = {
  cp932: "shift_jis",
  ms932: "shift_jis",
  "windows-31j": "shift_jis",
  cp936: "gbk",
  cp949: "euc-kr",
  uhc: "euc-kr",
  euckr: "euc-kr",
  cp950: "big5",
  eucjp: "euc-jp",
  "latin-9": "iso-8859-15",
  latin9: "iso-8859-15",
};

function ofTheWeb(label: string, bytes: Uint8Array): string | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
    if (decoder.encoding === "windows-1252") return windows1252(bytes);
    if (decoder.encoding.startsWith("utf-16")) return undefined;
    const text = decoder.decode(bytes);
    // A byte without a character in a `windows-*` set is malformed, not a control character.
    return decoder.encoding.startsWith("windows-") && /[\u0080-\u009f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** What windows-1252 has from 0x80 to 0x9f, where ISO-8859-1 has controls; a blank is malformed. */
const SPECIAL = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** Node's own decoder takes it for ISO-8859-1 in some versions. */
function windows1252(bytes: Uint8Array): string | undefined {
  const text = latin1(bytes).replace(/[\u0080-\u009f]/g, (char) => SPECIAL.charAt(char.charCodeAt(0) - 0x80).replace(" ", "\ufffd"));
  return text.includes("\ufffd") ? undefined : text;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** `bytes` in a single-byte set, with the control characters of ISO 8859 from 0x80 to 0x9f. */
function withControls(label: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder(label);
  const one = (byte: number) =>
    byte >= 0x80 && byte < 0xa0 ? String.fromCharCode(byte) : decoder.decode(Uint8Array.of(byte));
  return Array.from(bytes, one).join("");
}
