//! A server on loopback that answers as it is told.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a server makes of a request: its first line without the version, and its key.
type Answer = fn(&str, Option<&str>) -> String;

/// A server; it goes away with the test.
pub struct Server {
    pub port: u16,
    /// The first lines of all requests so far, each with its key.
    pub log: Arc<Mutex<Vec<String>>>,
}

/// What stands for no answer at all.
pub const HANG: &str = "";

impl Server {
    pub fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let log = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream, answer, &log));
            }
        });
        Self { port, log }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

fn serve(mut stream: TcpStream, answer: Answer, log: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(count) if count > 0 && bytes.first() != Some(&0x16) => bytes.extend(&piece[..count]),
            _ => return,
        }
        // What greets in TLS is no HTTP.
        if bytes[0] == 0x16 {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
            return;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let line = text.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let key = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim_start_matches("Bearer "))
    });
    log.lock().unwrap().push(format!("{line} {}", key.unwrap_or("-")));
    let answer = answer(&line, key);
    if answer == HANG {
        let _ = stream.read(&mut piece);
        return;
    }
    let _ = stream.write_all(answer.as_bytes());
}

/// An answer with a body.
pub fn response(status: u16, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\
         x-version: 1.14.2\r\nconnection: close\r\n\r\n{body}"
    )
}

/// An error of the API.
pub fn error(status: u16, code: &str) -> String {
    let body = format!(r#"{{"code":"{code}","message":"no","status":{status}}}"#);
    response(status, "application/json", &body)
}

/// A success of the API.
pub fn json(body: &str) -> String {
    response(200, "application/json", body)
}

/// A web page.
pub fn page(status: u16, body: &str) -> String {
    response(status, "text/html; charset=utf-8", &format!("<!doctype html><html>{body}</html>"))
}
