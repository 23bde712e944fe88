//! Servers that send what they are told to, whatever they are asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What a server does once it has read a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Sends this.
    Send(Vec<u8>),
    /// Sends this again and again, until nobody listens.
    Endless(Vec<u8>),
    /// Waits so that what comes next comes in a piece of its own.
    Pause,
    /// Keeps the connection, and sends nothing more.
    Hang,
    /// Resets the connection.
    Reset,
}

/// A server on loopback.
pub struct Server {
    /// Where it listens.
    pub port: u16,
    /// All requests that it has read, as they were on the wire.
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that does the same to every connection: it reads a request, does these things, and
    /// closes.
    pub async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acts, log) = (acts.clone(), Arc::clone(&log));
                tokio::spawn(async move {
                    let resets = acts.iter().any(|act| matches!(act, Act::Reset));
                    let mut stream = stream;
                    if let Some(request) = read(&mut stream).await {
                        log.lock().expect("nobody panics").push(request);
                    }
                    if serve(&mut stream, &acts).await && resets {
                        stream.set_zero_linger().expect("a socket can be told to reset");
                    }
                });
            }
        });
        Self { port, requests }
    }

    /// A server that sends these bytes, and closes.
    pub async fn sends(bytes: impl AsRef<[u8]>) -> Self {
        Self::start(vec![Act::Send(bytes.as_ref().to_vec())]).await
    }

    /// An address at this server.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1/info", self.port)
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("nobody panics").clone()
    }
}

/// Reads a request to the end of its body.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        // What greets in TLS waits for an answer.
        if bytes.first() == Some(&0x16) {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length = length.and_then(|value| value.trim().parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Some(text);
            }
        }
        let count = stream.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// Does these things; tells whether the connection is still there.
pub async fn serve(stream: &mut (impl AsyncWrite + Unpin), acts: &[Act]) -> bool {
    for act in acts {
        match act {
            Act::Send(bytes) => {
                if stream.write_all(bytes).await.is_err() || stream.flush().await.is_err() {
                    return false;
                }
            }
            Act::Endless(bytes) => {
                while stream.write_all(bytes).await.is_ok() {
                    tokio::task::yield_now().await;
                }
                return false;
            }
            Act::Pause => tokio::time::sleep(Duration::from_millis(15)).await,
            Act::Hang => std::future::pending().await,
            Act::Reset => return true,
        }
    }
    let _ = stream.shutdown().await;
    true
}

/// An answer with a head that tells the length of its body.
pub fn plain(media_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nX-Version: 1.14.2\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The head of an event stream in chunks.
pub fn stream_head() -> Act {
    Act::Send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            .to_vec(),
    )
}

/// A chunk of a chunked body.
pub fn chunk(text: &str) -> Act {
    Act::Send(format!("{:x}\r\n{text}\r\n", text.len()).into_bytes())
}

/// The end of a chunked body.
pub fn last_chunk() -> Act {
    Act::Send(b"0\r\n\r\n".to_vec())
}
