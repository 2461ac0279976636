//! The [`Charset`] port on `encoding_rs`.
//!
//! Labels are taken as people write them for iconv, in any case; what they mean is what iconv makes of them. That
//! differs from the web's meaning, which `encoding_rs` follows, in three ways, all of them handled here:
//!
//! - ISO-8859-1 and US-ASCII are themselves, not windows-1252; ISO-8859-9 is not windows-1254.
//! - A byte without a character in a `windows-*` set is malformed, not a control character.
//! - UTF-16 and UTF-32 are not known: a commit's header is ASCII, so no commit can be in them.
//!
//! What is left of the differences: two letters of KOI8-U, and the vendors' extensions of the East Asian sets, which are
//! taken here and refused by iconv.
//!
//! Encodings that only iconv knows, such as CP437, are not known here; git then shows what we show, the bytes.

use encoding_rs::Encoding;
use offshoot_core::ports::Charset;

/// Decodes the encodings of the web's standard.
#[derive(Debug, Clone, Copy, Default)]
pub struct EncodingRs;

impl Charset for EncodingRs {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        match meaning(label)? {
            Meaning::Ascii => bytes.is_ascii().then(|| String::from_utf8_lossy(bytes).into_owned()),
            Meaning::Latin1 => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Meaning::Latin5 => Some(decode_with_controls(encoding_rs::WINDOWS_1254, bytes)),
            Meaning::Web(encoding) => {
                let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
                let strict = encoding.is_single_byte() && encoding.name().starts_with("windows-");
                let malformed =
                    strict && text.chars().any(|char| matches!(char, '\u{80}'..='\u{9f}'));
                (!malformed).then(|| text.into_owned())
            }
        }
    }
}

enum Meaning {
    Ascii,
    Latin1,
    Latin5,
    Web(&'static Encoding),
}

fn meaning(label: &str) -> Option<Meaning> {
    let label = label.trim().to_ascii_lowercase();
    match label.as_str() {
        "ascii" | "us-ascii" | "ansi_x3.4-1968" | "iso646-us" | "646" => Some(Meaning::Ascii),
        "iso-8859-1" | "iso8859-1" | "iso88591" | "iso_8859-1" | "8859_1" | "latin1"
        | "latin-1" | "l1" | "cp819" => Some(Meaning::Latin1),
        "iso-8859-9" | "iso8859-9" | "iso88599" | "iso_8859-9" | "latin5" | "l5" => {
            Some(Meaning::Latin5)
        }
        "cp932" | "ms932" | "windows-31j" => Some(Meaning::Web(encoding_rs::SHIFT_JIS)),
        "cp936" => Some(Meaning::Web(encoding_rs::GBK)),
        "cp949" | "uhc" | "euckr" => Some(Meaning::Web(encoding_rs::EUC_KR)),
        "cp950" => Some(Meaning::Web(encoding_rs::BIG5)),
        "eucjp" => Some(Meaning::Web(encoding_rs::EUC_JP)),
        "latin-9" | "latin9" => Some(Meaning::Web(encoding_rs::ISO_8859_15)),
        label => Encoding::for_label_no_replacement(label.as_bytes())
            .filter(|encoding| ![encoding_rs::UTF_16BE, encoding_rs::UTF_16LE].contains(encoding))
            .map(Meaning::Web),
    }
}

/// `bytes` in a single-byte encoding, with the control characters of ISO 8859 from 0x80 to 0x9f.
fn decode_with_controls(encoding: &'static Encoding, bytes: &[u8]) -> String {
    bytes
        .chunk_by(|a, b| is_control(*a) == is_control(*b))
        .map(|chunk| match chunk.first() {
            Some(&first) if is_control(first) => {
                chunk.iter().map(|&byte| char::from(byte)).collect()
            }
            _ => encoding.decode_without_bom_handling(chunk).0.into_owned(),
        })
        .collect()
}

fn is_control(byte: u8) -> bool {
    matches!(byte, 0x80..=0x9f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(label: &str, bytes: &[u8]) -> Option<String> {
        EncodingRs.decode(label, bytes)
    }

    #[test]
    fn iso_8859_is_not_windows() {
        assert_eq!(decode("ISO-8859-1", b"\x80\xe9").as_deref(), Some("\u{80}é"));
        assert_eq!(decode("latin1", b"\x9f").as_deref(), Some("\u{9f}"));
        assert_eq!(decode("cp1252", b"\x80\xe9").as_deref(), Some("€é"));
        assert_eq!(decode("ISO-8859-9", b"\x80\xfd").as_deref(), Some("\u{80}ı"));
        assert_eq!(decode("ISO-8859-15", b"\xa4").as_deref(), Some("€"));
    }

    #[test]
    fn malformed_and_unknown_is_none() {
        assert_eq!(decode("cp1252", b"\x81"), None);
        assert_eq!(decode("us-ascii", b"\xe9"), None);
        assert_eq!(decode("SHIFT_JIS", b"\x81"), None);
        assert_eq!(decode("UTF-16", b"ab"), None);
        assert_eq!(decode("klingon", b"ab"), None);
    }

    #[test]
    fn east_asian_encodings() {
        assert_eq!(decode("SHIFT_JIS", b"\x93\xfa\x96\x7b").as_deref(), Some("日本"));
        assert_eq!(decode("eucJP", b"\xc6\xfc\xcb\xdc").as_deref(), Some("日本"));
        assert_eq!(decode("GB18030", b"\xc8\xd5\xb1\xbe").as_deref(), Some("日本"));
        assert_eq!(decode("EUC-KR", b"\xc7\xd1").as_deref(), Some("한"));
        assert_eq!(decode("Big5", b"\xa4\xe9").as_deref(), Some("日"));
    }
}
