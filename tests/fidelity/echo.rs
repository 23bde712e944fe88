//! A server that gives prepared answers, one after the other, whatever it is asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use super::recording::{Answer, Recorded};
use super::replay::Server;

/// A running server; it ends when all answers were given.
pub struct Echo {
    pub server: Server,
    task: JoinHandle<Vec<String>>,
}

impl Echo {
    /// Starts a server that gives these answers.
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serve = move || {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                requests.push(request(&mut stream));
                let to_head = requests.last().is_some_and(|request| request.starts_with("HEAD "));
                stream.write_all(&written(&answer, to_head)).unwrap();
            }
            requests
        };
        let server = Server {
            address,
            base: "/v1".to_owned(),
            keys: BTreeMap::new(),
            settle: Duration::ZERO,
            patience: Duration::ZERO,
        };
        Self { server, task: std::thread::spawn(serve) }
    }

    /// A server that gives the recorded answers.
    pub fn of(recording: &[Recorded]) -> Self {
        Self::start(recording.iter().map(|recorded| recorded.answer.clone()).collect())
    }

    /// The requests that came, once all answers were given.
    pub fn requests(self) -> Vec<String> {
        self.task.join().unwrap()
    }
}

/// Reads a request with its body.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text[..end].lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
            if bytes.len() >= end + length.unwrap_or_default() {
                return text.into_owned();
            }
        }
        let length = stream.read(&mut buffer).unwrap();
        assert!(length > 0, "the request is cut: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&buffer[..length]);
    }
}

/// An answer as it goes out: in chunks, if it was in chunks.
fn written(answer: &Answer, to_head: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Recorded\r\n", answer.status);
    for (name, value) in &answer.headers {
        // In a recording whose hosts were replaced, the recorded length is no longer true.
        let length = name.eq_ignore_ascii_case("content-length");
        let value = if length { answer.body.len().to_string() } else { value.clone() };
        if !name.eq_ignore_ascii_case("connection") {
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if to_head {
        return bytes;
    }
    if answer.header("transfer-encoding").is_none() {
        bytes.extend_from_slice(&answer.body);
        return bytes;
    }
    for chunk in answer.body.chunks(1000) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}
