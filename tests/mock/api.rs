//! A mock to talk to, and what it answered.

use std::sync::{Mutex, OnceLock};
use std::time::Instant;

use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::exchange::{
    Body, Exchange, HarWriter, Header, Headers, Request, Response, Times,
};
use dify_contract::mock::{Mock, MockOptions};
use dify_contract::run::{CheckOptions, check_recordings};
use serde_json::Value;

/// A running mock, and everything that was said to it.
pub struct Api {
    mock: Mock,
    client: reqwest::Client,
    exchanges: Mutex<Vec<Exchange>>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The data of all events of a stream; a ping is null.
    pub fn events(&self) -> Vec<Value> {
        events(&self.bytes)
    }

    /// The data of the events that have come whole.
    fn whole_events(&self) -> Vec<Value> {
        let end = self.bytes.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |at| at + 2);
        events(&self.bytes[..end])
    }

    /// The names of the events, several of a kind in a row as one; a ping is `ping`.
    pub fn event_names(&self) -> Vec<String> {
        let name = |event: &Value| event["event"].as_str().unwrap_or("ping").to_owned();
        let mut names: Vec<String> = self.events().iter().map(name).collect();
        names.dedup();
        names
    }

    /// The data of the first event of this name.
    pub fn event(&self, name: &str) -> Value {
        self.events().into_iter().find(|event| event["event"] == name).unwrap_or_default()
    }

    /// The status and the error code.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

/// The data of events; a ping is null.
fn events(bytes: &[u8]) -> Vec<Value> {
    let frames = dify_contract::exchange::sse::frames(bytes);
    let data = |frame: &dify_contract::exchange::Frame| {
        frame.data().map_or(Value::Null, |data| serde_json::from_str(&data).unwrap())
    };
    frames.iter().map(data).collect()
}

/// An answer that is still coming.
pub struct Open {
    answer: Answer,
    response: reqwest::Response,
    request: Request,
    begun: Instant,
}

impl Open {
    /// Reads until an event of this name has come, and gives its data; null if none comes.
    pub async fn until(&mut self, name: &str) -> Value {
        self.find(|event| event["event"] == name).await
    }

    /// Reads until an event like that has come, and gives its data; null if none comes.
    pub async fn find(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut events = self.answer.whole_events().into_iter();
            if let Some(event) = events.find(&wanted) {
                return event;
            }
            match self.response.chunk().await.unwrap() {
                Some(chunk) => self.answer.bytes.extend_from_slice(&chunk),
                None => return Value::Null,
            }
        }
    }

    /// Reads to the end.
    pub async fn rest(mut self, api: &Api) -> Answer {
        while let Some(chunk) = self.response.chunk().await.unwrap() {
            self.answer.bytes.extend_from_slice(&chunk);
        }
        let Self { answer, request, begun, .. } = self;
        let response = Response {
            status: answer.status,
            headers: answer.headers.clone(),
            body: Body::from_bytes(answer.bytes.clone()),
            end: None,
        };
        let mut exchanges = api.exchanges.lock().unwrap();
        let index = exchanges.len() as u64;
        exchanges.push(Exchange {
            index,
            request,
            response: Some(response),
            failure: None,
            expects: None,
            unmet: None,
            case: None,
            variable: None,
            times: Times { total_ms: begun.elapsed().as_secs_f64() * 1e3, ..Times::default() },
        });
        answer
    }
}

impl Api {
    /// Starts a mock.
    pub async fn start() -> Self {
        Self::with(MockOptions::default()).await
    }

    /// Starts a mock with options.
    pub async fn with(options: MockOptions) -> Self {
        // Nothing here speaks TLS, yet the client wants to know who would.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mock = Mock::start(options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { mock, client, exchanges: Mutex::default() }
    }

    /// Where it is: `http://127.0.0.1:5001/v1`.
    pub fn base_url(&self) -> String {
        self.mock.base_url()
    }

    /// The key of this name.
    pub fn key(&self, name: &str) -> String {
        self.mock.key(name).to_owned()
    }

    /// `GET /path` with the key of this name.
    pub async fn get(&self, key: &str, path: &str) -> Answer {
        self.send(key, "GET", path, &[], Vec::new()).await
    }

    /// A request with a JSON body.
    pub async fn json(&self, key: &str, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.send(key, method, path, &headers, body.to_string().into_bytes()).await
    }

    /// A request with a form; a part with a file name is a file.
    pub async fn form(
        &self,
        key: &str,
        method: &str,
        path: &str,
        parts: &[(&str, Option<&str>, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            let head =
                format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--cut--\r\n");
        let headers = [("Content-Type", "multipart/form-data; boundary=cut")];
        self.send(key, method, path, &headers, body).await
    }

    /// `POST /path` with a file, whose part says its media type, and the user `alice`.
    pub async fn upload(
        &self,
        key: &str,
        path: &str,
        (name, media_type): (&str, &str),
        content: &[u8],
    ) -> Answer {
        let mut body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n--cut\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {media_type}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        let headers = [("Content-Type", "multipart/form-data; boundary=cut")];
        self.send(key, "POST", path, &headers, body).await
    }

    /// Any request; an empty key sends none.
    pub async fn send(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        self.open(key, method, path, headers, body).await.rest(self).await
    }

    /// A request with a JSON body whose answer is a stream, to be read event by event.
    pub async fn stream(&self, key: &str, path: &str, body: &Value) -> Open {
        let headers = [("Content-Type", "application/json")];
        self.open(key, "POST", path, &headers, body.to_string().into_bytes()).await
    }

    /// Any request, its answer not read yet.
    pub async fn open(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Open {
        let url = format!("{}{path}", self.mock.base_url());
        let mut request = self.client.request(method.parse().unwrap(), &url).body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !key.is_empty() {
            request = request.bearer_auth(self.mock.key(key));
        }
        let begun = Instant::now();
        let response = request.send().await.unwrap();
        let sent = headers
            .iter()
            .map(|(name, value)| Header { name: (*name).to_owned(), value: (*value).to_owned() });
        let request = Request {
            method: method.to_owned(),
            url,
            headers: Headers(sent.collect()),
            body: Body::from_bytes(body),
        };
        let header =
            |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| Header {
                name: name.to_string(),
                value: value.to_str().unwrap_or_default().to_owned(),
            };
        let answer = Answer {
            status: response.status().as_u16(),
            headers: Headers(response.headers().iter().map(header).collect()),
            bytes: Vec::new(),
        };
        Open { answer, response, request, begun }
    }

    /// Fails if an answer broke the contract.
    ///
    /// Requests may be wrong on purpose, so what is reported of requests is passed over, and notes
    /// tell of what was not seen.
    pub fn conforms(&self, name: &str) {
        let path = std::env::temp_dir().join(format!("mock-{}-{name}.har", std::process::id()));
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = HarWriter::new(std::io::BufWriter::new(file), ("test", "1")).unwrap();
        for exchange in self.exchanges.lock().unwrap().iter() {
            writer.write(exchange).unwrap();
        }
        writer.finish().unwrap();
        let inputs = [path.to_string_lossy().into_owned()];
        let result = check_recordings(contract(), &inputs, &CheckOptions::default()).unwrap();
        std::fs::remove_file(&path).unwrap();
        // All of this is asked on purpose.
        let known =
            ["undocumented-query-parameter", "undocumented-method", "undocumented-operation"];
        let found: Vec<String> = result
            .findings
            .iter()
            .filter(|f| f.severity > dify_contract::finding::Severity::Note)
            .filter(|f| !known.contains(&f.check))
            .map(|f| {
                format!(
                    "{} {} {}: promised {}, seen {}",
                    f.operation, f.check, f.place, f.promised, f.seen
                )
            })
            .collect();
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }
}

/// Our own contract.
fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let overlay = Overlay::read("specs/dify.overlay.yaml").unwrap();
        let specs = vec!["specs/dify/openapi.yaml".to_owned()];
        let sources = Sources { specs, overlays: vec![overlay], ..Sources::default() };
        Contract::load(sources).expect("the contract can be read")
    })
}
