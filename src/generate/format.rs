//! Texts of a `format`, made and broken.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::SBoxedStrategy;
use proptest::string::string_regex;

use super::text::{Alphabet, free};

/// Texts of a format; `None` if any text will do, or we do not know.
pub fn strings(format: &str) -> Option<SBoxedStrategy<String>> {
    Some(match format {
        "uuid" => any::<[u8; 16]>().prop_map(uuid).sboxed(),
        "date" => date().sboxed(),
        "time" => time().sboxed(),
        "date-time" => (date(), time()).prop_map(|(date, time)| format!("{date}T{time}")).sboxed(),
        "duration" => regex("P([1-9][0-9]?D|[1-9]Y[1-9]M|T[1-9][0-9]?[HMS]|[1-9]DT[1-9]H)")?,
        "email" | "idn-email" => {
            regex("[a-z][a-z0-9]{0,8}([.+_-][a-z0-9]{1,5})?@example\\.(org|com|net)")?
        }
        "hostname" | "idn-hostname" => {
            regex("[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?\\.example\\.(org|com|net)")?
        }
        "ipv4" => any::<[u8; 4]>().prop_map(|[a, b, c, d]| format!("{a}.{b}.{c}.{d}")).sboxed(),
        "ipv6" => {
            any::<[u16; 8]>().prop_map(|groups| groups.map(|n| format!("{n:x}")).join(":")).sboxed()
        }
        "uri" | "url" | "iri" => regex(
            "https?://[a-z]{1,8}\\.example\\.org(:[1-9][0-9]{3})?(/[a-z0-9_~.%-]{0}[a-z0-9_~.-]{1,8}){0,3}(\\?[a-z]{1,4}=[a-z0-9]{0,4})?(#[a-z]{1,4})?",
        )?,
        "uri-reference" | "iri-reference" => {
            regex("(https://example\\.org)?(/[a-z0-9_~-]{1,8}){1,3}(\\?[a-z]{1,4}=[a-z0-9]{0,4})?")?
        }
        "uri-template" => regex("https://example\\.org/[a-z]{1,6}/\\{[a-z]{1,6}\\}")?,
        "json-pointer" => regex("(/[a-z0-9]{0,5}){0,3}")?,
        "relative-json-pointer" => regex("(0|[1-9])(/[a-z0-9]{0,5}){0,2}")?,
        "regex" => regex("\\^?[a-z]{1,5}(\\[0-9\\]\\+)?\\$?")?,
        "decimal" => regex("-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,4})?")?,
        "byte" => {
            proptest::collection::vec(any::<u8>(), 0..24).prop_map(|bytes| base64(&bytes)).sboxed()
        }
        "password" => free(8, 24, Alphabet::Any),
        _ => return None,
    })
}

/// Formats that patterns often stand for.
pub const KNOWN: &[&str] = &["uuid", "date-time", "date", "time", "email", "uri", "decimal"];

/// One plain text of a format.
#[must_use]
pub fn plain(format: &str) -> Option<&'static str> {
    Some(match format {
        "uuid" => "0f6e2c1a-3b4d-4e5f-8a9b-0c1d2e3f4a5b",
        "date" => "2024-01-02",
        "time" => "03:04:05Z",
        "date-time" => "2024-01-02T03:04:05Z",
        "duration" => "P1D",
        "email" | "idn-email" => "somebody@example.org",
        "hostname" | "idn-hostname" => "example.org",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => "https://example.org/a",
        "uri-template" => "https://example.org/{a}",
        "json-pointer" => "/a",
        "relative-json-pointer" => "0/a",
        "regex" => "^a+$",
        "decimal" => "1.5",
        "byte" => "dGV4dA==",
        _ => return None,
    })
}

/// Texts that are not of a format, though some are near to it.
#[must_use]
pub fn broken(format: &str) -> &'static [&'static str] {
    match format {
        "uuid" => &["not-a-uuid", "0f6e2c1a-3b4d-4e5f-8a9b-0c1d2e3f4a5"],
        "date" => &["2024-02-30", "yesterday"],
        "time" => &["25:00:00Z", "noon"],
        "date-time" => &["2024-02-30T03:04:05Z", "yesterday at noon"],
        "ipv4" => &["192.0.2.256"],
        "ipv6" => &["2001:db8::1::2"],
        "decimal" => &["one and a half"],
        "byte" => &["no base 64!"],
        "email" | "idn-email" => &["nobody"],
        "hostname" | "idn-hostname" => &["-not a host-"],
        "regex" => &["("],
        "json-pointer" => &["no pointer"],
        _ => &["not right: <>", "\u{1}"],
    }
}

fn regex(pattern: &str) -> Option<SBoxedStrategy<String>> {
    string_regex(pattern).ok().map(Strategy::sboxed)
}

/// A UUID of version 4 (RFC 9562).
fn uuid(bytes: [u8; 16]) -> String {
    let mut number = u128::from_be_bytes(bytes);
    number = number & !(0xF << 76) | (4 << 76);
    number = number & !(0b11 << 62) | (0b10 << 62);
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn date() -> impl Strategy<Value = String> + Send + Sync {
    let leap =
        select(vec![(2024_u32, 2_u32, 29_u32), (2000, 2, 29), (2023, 2, 28), (1999, 12, 31)]);
    let usual = (1970..2100_u32, 1..13_u32, 1..29_u32);
    prop_oneof![8 => usual, 1 => leap].prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
}

fn time() -> impl Strategy<Value = String> + Send + Sync {
    let zone = select(vec!["Z", "Z", "+00:00", "+02:00", "-11:30", "+14:00"]);
    let fraction = select(vec!["", "", ".5", ".123", ".123456"]);
    (0..24_u32, 0..60_u32, 0..60_u32, fraction, zone)
        .prop_map(|(h, m, s, fraction, zone)| format!("{h:02}:{m:02}:{s:02}{fraction}{zone}"))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
