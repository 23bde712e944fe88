//! Files for servers that fetch what a request names: they are fetched from here, and from nowhere else.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::error::Problem;
use crate::generate::{File, files};

/// The longest head of a request that is read, in bytes.
const LONGEST: usize = 16 << 10;

/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves small files of common kinds over HTTP, and nothing else. It ends with this value.
#[derive(Debug)]
pub struct FileServer {
    /// How others reach it, without a path.
    origin: String,
    task: JoinHandle<()>,
}

impl FileServer {
    /// Listens at `HOST:PORT`, which is also how the server that is tried reaches it; port 0 takes a free
    /// one. Where the host is a name, all addresses of this machine are listened at: the name may mean it
    /// only elsewhere.
    ///
    /// # Errors
    /// What is no address, an address that nobody else could call, a port that is taken.
    pub async fn start(address: &str) -> Result<Self, Problem> {
        let help = "write it as `--serve HOST:PORT`, with the name or address by which the server \
                    that is tried reaches this machine";
        let wrong = || Problem::new(format!("`{address}` is no address to serve at")).help(help);
        let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let listen = match bare.parse::<IpAddr>() {
            Ok(ip) if ip.is_unspecified() => {
                let problem =
                    format!("{host} is every address of this machine, and none to be called at");
                return Err(Problem::new(problem).help(help));
            }
            Ok(ip) => SocketAddr::new(ip, port),
            Err(_) if !bare.is_empty() && !bare.contains([':', '/', ' ', '@']) => {
                SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port)
            }
            Err(_) => return Err(wrong()),
        };
        let cannot = |error: std::io::Error| {
            Problem::new(format!("cannot serve files at {address}: {error}")).help(help)
        };
        let listener = TcpListener::bind(listen).await.map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        let served = Arc::new(served());
        let task = tokio::spawn(async move {
            loop {
                // Who could not come in may come again.
                let Ok((stream, _)) = listener.accept().await else { continue };
                let served = Arc::clone(&served);
                tokio::spawn(async move {
                    // Whoever does not finish the request has no use for an answer.
                    let _ = timeout(PATIENCE, answer(stream, &served)).await;
                });
            }
        });
        Ok(Self { origin: format!("http://{host}:{port}"), task })
    }

    /// The address of a file whose name ends like this: `png`; `None` where there is none.
    #[must_use]
    pub fn url(&self, ending: &str) -> Option<String> {
        let file =
            served().into_iter().find(|file| file.name.rsplit('.').next() == Some(ending))?;
        Some(format!("{}/{}", self.origin, file.name))
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The files: those whose names need no escapes, and one of no known kind.
fn served() -> Vec<File> {
    let plain = |file: &File| file.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let mut all: Vec<File> = files::all().iter().filter(|file| plain(file)).cloned().collect();
    all.push(File::new("data.bin", "application/octet-stream", vec![0, 1, 2, 3]));
    all
}

async fn answer(mut stream: TcpStream, served: &[File]) -> std::io::Result<()> {
    let (mut head, mut piece) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut piece).await?;
        head.extend_from_slice(piece.get(..count).unwrap_or_default());
        if count == 0 || head.len() > LONGEST {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let file = served.iter().find(|file| path.rsplit('/').next() == Some(file.name.as_str()));
    let (status, kind, content) = match (method, file) {
        ("GET" | "HEAD", Some(file)) => ("200 OK", file.media_type.as_str(), &file.bytes[..]),
        ("GET" | "HEAD", None) => ("404 Not Found", "text/plain", &b"There is no such file.\n"[..]),
        _ => ("405 Method Not Allowed", "text/plain", &b"Files can only be read.\n"[..]),
    };
    let length = content.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    if method != "HEAD" {
        stream.write_all(content).await?;
    }
    stream.shutdown().await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::FileServer;

    async fn ask(server: &FileServer, request: &str) -> String {
        let place = server.origin.trim_start_matches("http://");
        let mut stream = TcpStream::connect(place).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn files_are_served_and_nothing_else() {
        let server = FileServer::start("127.0.0.1:0").await.unwrap();
        let url = server.url("txt").unwrap();
        assert_eq!(url, format!("{}/note.txt", server.origin));
        assert_eq!(server.url("mp4"), None);
        let text = ask(&server, "GET /note.txt HTTP/1.1\r\n\r\n").await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nA note.\nIt has two lines.\n"), "{text}");
        let head = ask(&server, "HEAD /pixel.png?a=b HTTP/1.1\r\n\r\n").await;
        assert!(head.contains("image/png") && head.ends_with("\r\n\r\n"), "{head}");
        let other = ask(&server, "GET /../Cargo.toml HTTP/1.1\r\n\r\n").await;
        assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
        assert!(ask(&server, "PUT /note.txt HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 405 "));
    }

    #[tokio::test]
    async fn an_address_that_nobody_can_call_is_refused() {
        for address in ["8080", "here:port", "0.0.0.0:80", "http://here:80", ":80"] {
            let problem = FileServer::start(address).await.unwrap_err();
            assert!(problem.help.unwrap().contains("--serve HOST:PORT"), "{address}");
        }
        let named = FileServer::start("localhost:0").await.unwrap();
        assert!(named.url("png").unwrap().starts_with("http://localhost:"));
    }
}
