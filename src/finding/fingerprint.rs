//! The stable name of a finding.

use std::fmt;

/// A 64-bit FNV-1a hash of (operation, check, place, kind), written as 16 hexadecimal digits.
///
/// It depends on nothing else, so it is the same in every run, on every machine and in every
/// release: the key under which a finding is accepted in a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the given parts, in order.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        // The byte 0xFF occurs in no UTF-8 text, so the parts cannot run into each other.
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xFF]));
        Self(bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME)))
    }

    /// The hash as a number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = u64::from_str_radix(&text, 16).ok().filter(|_| text.len() == 16);
        let wrong = || serde::de::Error::custom(format!("`{text}` is not 16 hexadecimal digits"));
        number.map(Self).ok_or_else(wrong)
    }
}

impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn a_fingerprint_never_changes() {
        let fingerprint = Fingerprint::of(&["GET /datasets", "undeclared-null", "/data[]/name"]);
        assert_eq!(fingerprint.to_string(), "03c37bb0bdb7dfb0");
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Fingerprint::of(&["a", "bc"]), Fingerprint::of(&["ab", "c"]));
        assert_ne!(Fingerprint::of(&["a"]), Fingerprint::of(&["a", ""]));
    }
}
