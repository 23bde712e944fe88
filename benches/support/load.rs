//! A load of plain HTTP/1.1 over connections that stay open, with as little work as can be.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A request as it goes onto the wire.
pub struct Call(Vec<u8>);

impl Call {
    /// These bytes.
    pub fn raw(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// `GET PATH`.
    pub fn get(path: &str, key: &str) -> Self {
        Self(
            format!("GET {path} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer {key}\r\n\r\n")
                .into(),
        )
    }

    /// A request with JSON; an empty body is none.
    pub fn json(method: &str, path: &str, key: &str, body: &str) -> Self {
        let length = body.len();
        Self(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer {key}\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .into(),
        )
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its chunks' sizes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// A connection that stays open.
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(BufReader::with_capacity(1 << 16, stream))
    }

    /// Sends a request and reads its answer.
    pub fn send(&mut self, call: &Call) -> Answer {
        self.0.get_mut().write_all(&call.0).unwrap();
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Answer { status, headers: Vec::new(), body: Vec::new() };
        while let Some((name, value)) = self.line(&mut line).split_once(": ") {
            answer.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = usize::from_str_radix(self.line(&mut line), 16).unwrap();
                self.read(size, &mut answer.body);
                self.line(&mut line);
                if size == 0 {
                    return answer;
                }
            }
        }
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        self.read(length, &mut answer.body);
        answer
    }

    /// The next line, without its end.
    fn line<'l>(&mut self, line: &'l mut String) -> &'l str {
        line.clear();
        self.0.read_line(line).unwrap();
        line.trim_end()
    }

    fn read(&mut self, length: usize, into: &mut Vec<u8>) {
        let from = into.len();
        into.resize(from + length, 0);
        self.0.read_exact(&mut into[from..]).unwrap();
    }
}

/// How many answers per second a server gives to so many connections.
pub fn rate(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    call: impl Fn(u64) -> Call + Sync,
) -> f64 {
    let number = AtomicU64::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                while begun.elapsed() < time {
                    let answer = connection.send(&call(number.fetch_add(1, Ordering::Relaxed)));
                    assert!(answer.status < 300, "{answer:?}");
                }
            });
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let count = number.load(Ordering::Relaxed) as f64;
    count / begun.elapsed().as_secs_f64()
}

/// Does something so many times, shared among so many connections.
pub fn share(
    address: SocketAddr,
    connections: usize,
    times: u64,
    act: impl Fn(&mut Connection, u64) + Sync,
) {
    let number = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                loop {
                    let number = number.fetch_add(1, Ordering::Relaxed);
                    if number >= times {
                        return;
                    }
                    act(&mut connection, number);
                }
            });
        }
    });
}
