//! Numbers as they are given on the command line.

use std::fmt::Display;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::str::FromStr;

/// A number that may be 0.
///
/// # Errors
/// What it has to be, in words.
pub fn whole<N: FromStr>(text: &str) -> Result<N, String>
where
    N: Bounded,
{
    text.trim().parse().map_err(|_| format!("it is a whole number from 0 to {}", N::MOST))
}

/// A number of threads or requests, at least 1.
///
/// # Errors
/// What it has to be, in words.
pub fn some(text: &str) -> Result<NonZeroUsize, String> {
    text.trim().parse().map_err(|_| "it is a whole number, 1 or more".to_owned())
}

/// A type of numbers.
pub trait Bounded {
    /// Its greatest number.
    const MOST: &'static dyn Display;
}

impl Bounded for u16 {
    const MOST: &'static dyn Display = &Self::MAX;
}

impl Bounded for u32 {
    const MOST: &'static dyn Display = &Self::MAX;
}

impl Bounded for u64 {
    const MOST: &'static dyn Display = &Self::MAX;
}

/// An address to listen at: a name or an address of this machine, and a port.
///
/// # Errors
/// What it has to be, in words.
pub fn listen(text: &str) -> Result<SocketAddr, String> {
    const FORM: &str = "it is HOST:PORT, as in `127.0.0.1:5001`";
    let port = text.rsplit_once(':').map(|(_, port)| port);
    let port = port.ok_or_else(|| format!("there is no port; {FORM}"))?;
    if port.parse::<u16>().is_err() {
        return Err(format!("`{port}` is no port; {FORM}"));
    }
    let found = text.to_socket_addrs();
    let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
    // Where a name means several, most clients try this one, and it can be written in any URL.
    let plain = found.iter().find(|address| address.is_ipv4()).or(found.first());
    plain.copied().ok_or_else(|| format!("no such host is known here; {FORM}"))
}

#[cfg(test)]
mod tests {
    use super::{listen, whole};

    #[test]
    fn what_is_no_number_is_told_in_words() {
        assert_eq!(whole::<u64>("7"), Ok(7));
        let told = |text: &str| whole::<u16>(text).unwrap_err();
        for text in ["abc", "-1", "65536", ""] {
            assert_eq!(told(text), "it is a whole number from 0 to 65535");
        }
    }

    #[test]
    fn a_name_is_an_address() {
        let local = listen("localhost:5371").unwrap();
        assert!(local.ip().is_loopback() && local.port() == 5371);
        assert_eq!(listen("[::1]:1").unwrap().to_string(), "[::1]:1");
        for (text, told) in [
            ("localhost", "there is no port; it is HOST:PORT, as in `127.0.0.1:5001`"),
            ("127.0.0.1:x", "`x` is no port; it is HOST:PORT, as in `127.0.0.1:5001`"),
        ] {
            assert_eq!(listen(text).unwrap_err(), told);
        }
    }
}
