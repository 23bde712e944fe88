//! The smallest client that sends exactly what it is told: no URL is put right, no header is added
//! but those without which there is no HTTP/1.1.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::recording::Answer;

/// How long nothing may come before an answer counts as lost.
const SILENCE: Duration = Duration::from_secs(30);

/// Headers that belong to the connection, and are made afresh.
const OF_THE_CONNECTION: [&str; 5] =
    ["host", "connection", "content-length", "transfer-encoding", "accept-encoding"];

/// Sends a request and reads the whole answer.
pub fn send(
    address: &str,
    method: &str,
    target: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<Answer> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\n");
    for (name, value) in headers {
        if !OF_THE_CONNECTION.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    // A client tells the length of no body where the method is meant to have one.
    let was_told = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if !body.is_empty() || was_told {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    head.push_str("Connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    let mut message = head.into_bytes();
    message.extend_from_slice(body);
    stream.write_all(&message)?;
    let mut bytes = Vec::new();
    // A reset after the answer is the server's way to leave the rest of a body alone.
    match stream.read_to_end(&mut bytes) {
        Err(error) if bytes.is_empty() => return Err(error),
        _ => {}
    }
    answer(&bytes, method == "HEAD").ok_or_else(|| {
        let start = String::from_utf8_lossy(&bytes).chars().take(80).collect::<String>();
        io::Error::new(io::ErrorKind::InvalidData, format!("this is no HTTP answer: {start:?}"))
    })
}

/// Takes an answer apart; `None` where it is cut or no answer.
pub fn answer(bytes: &[u8], to_head: bool) -> Option<Answer> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    let rest = &bytes[end + 4..];
    answer.body = if to_head {
        Vec::new()
    } else if answer.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"))
    {
        unchunked(rest)?
    } else if let Some(length) = answer.header("content-length") {
        rest.get(..length.parse().ok()?)?.to_vec()
    } else {
        rest.to_vec()
    };
    Some(answer)
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let length = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(end + 2..end + 2 + length)?);
        rest = rest.get(end + 2 + length + 2..)?;
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
