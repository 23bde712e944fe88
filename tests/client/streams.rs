//! Event streams, as they come.

use std::sync::{Arc, Mutex};

use dify_contract::exchange::{Client, End, Exchange, Next, Progress, sse};

use super::server::{Act, Server, chunk, last_chunk, stream_head};
use super::{SHORT, answer, client, get, request, text};

/// What was told of an exchange.
async fn watched(
    client: &Client,
    url: &str,
    mut until: impl FnMut(&str) -> Next + Send,
) -> (Exchange, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let mut watch = |progress: Progress<'_>| {
        let words = match progress {
            Progress::Head { status, .. } => status.to_string(),
            Progress::Frame { frame, .. } => frame.data().unwrap_or_else(|| ":".to_owned()),
            _ => return Next::Read,
        };
        let next = until(&words);
        told.lock().expect("nobody panics").push(words);
        next
    };
    let exchange = client.send_watched(&request("GET", url), None, &mut watch).await;
    (exchange, told.into_inner().expect("nobody panics"))
}

#[tokio::test]
async fn frames_are_told_as_they_come_in_whatever_pieces() {
    let server = Server::start(vec![
        stream_head(),
        chunk("da"),
        Act::Pause,
        chunk("ta: {\"a\":1}\n\n: pi"),
        Act::Pause,
        chunk("ng\n"),
        chunk("\ndata: 2\n\ndata: 3\n\nda"),
        Act::Pause,
        chunk("ta: 4"),
        last_chunk(),
    ])
    .await;
    let (exchange, told) = watched(&client(|_| {}), &server.url(), |_| Next::Read).await;
    assert_eq!(told, ["200", "{\"a\":1}", ":", "2", "3", "4"]);
    assert_eq!(answer(&exchange).end, Some(End::Complete));
    assert_eq!(text(&exchange), "data: {\"a\":1}\n\n: ping\n\ndata: 2\n\ndata: 3\n\ndata: 4");
    let times = &exchange.times.events_ms;
    assert_eq!(times.len(), 5);
    assert!(times.is_sorted() && times[4] <= exchange.times.total_ms);
}

#[tokio::test]
async fn a_stream_is_read_no_further_when_that_is_asked() {
    let acts = vec![stream_head(), chunk("data: 1\n\ndata: 2\n\ndata: 3\n\n"), Act::Hang];
    let server = Server::start(acts).await;
    let stop = |words: &str| if words == "2" { Next::Stop } else { Next::Read };
    let (exchange, told) = watched(&client(|_| {}), &server.url(), stop).await;
    assert_eq!(told, ["200", "1", "2"]);
    assert_eq!(answer(&exchange).end, Some(End::Stopped));
    assert_eq!(text(&exchange), "data: 1\n\ndata: 2\n\n");
    assert_eq!(exchange.times.events_ms.len(), 2);

    let (exchange, told) = watched(&client(|_| {}), &server.url(), |_| Next::Stop).await;
    assert_eq!(told, ["200"]);
    assert_eq!(answer(&exchange).end, Some(End::Stopped));
}

#[tokio::test]
async fn who_waits_in_vain_can_give_up() {
    let give_up = |progress: Progress<'_>| match progress {
        Progress::Waiting { .. } => Next::Stop,
        _ => Next::Read,
    };
    let client = client(|options| options.silence = std::time::Duration::from_mins(1));
    let server = Server::start(vec![stream_head(), chunk("data: 1\n\n"), Act::Hang]).await;
    let request = |url: &str| request("GET", url);
    let exchange = client.send_watched(&request(&server.url()), None, &mut { give_up }).await;
    assert_eq!(answer(&exchange).end, Some(End::Stopped));
    assert_eq!(text(&exchange), "data: 1\n\n");
    let server = Server::start(vec![Act::Hang]).await;
    let exchange = client.send_watched(&request(&server.url()), None, &mut { give_up }).await;
    let failure = exchange.failure.expect("there is no answer");
    assert_eq!(failure.message, "it was given up before an answer came");
}

#[tokio::test]
async fn another_request_goes_out_while_a_stream_goes_on() {
    let streaming = Server::start(vec![stream_head(), chunk("data: task\n\n"), Act::Hang]).await;
    let other = Server::sends("HTTP/1.1 204 No Content\r\n\r\n").await;
    let client = client(|_| {});
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let url = streaming.url();
    let second = client.clone();
    let stream = tokio::spawn(async move {
        let mut watch = |progress: Progress<'_>| {
            if matches!(progress, Progress::Frame { .. }) {
                let _ = sender.send(());
            }
            Next::Read
        };
        client.send_watched(&request("GET", &url), None, &mut watch).await
    });
    receiver.recv().await.expect("an event comes");
    assert_eq!(answer(&get(&second, &other.url()).await).status, 204);
    assert!(!stream.is_finished());
    stream.abort();
}

#[tokio::test]
async fn a_stream_that_hangs_breaks_off_or_never_ends_is_told() {
    let begin = || vec![stream_head(), chunk("data: 1\n\ndata: 2"), Act::Pause];
    let with = |act: Option<Act>| begin().into_iter().chain(act).collect::<Vec<_>>();
    let silent = End::Silent { seconds: SHORT.as_secs_f64() };
    let server = Server::start(with(Some(Act::Hang))).await;
    let (exchange, told) =
        watched(&client(|options| options.silence = SHORT), &server.url(), |_| Next::Read).await;
    assert_eq!(told, ["200", "1", "2"]);
    assert_eq!(answer(&exchange).end, Some(silent));

    for act in [None, Some(Act::Reset)] {
        let server = Server::start(with(act)).await;
        let exchange = get(&client(|_| {}), &server.url()).await;
        assert!(matches!(answer(&exchange).end, Some(End::CutOff { .. })), "{exchange:?}");
        assert_eq!(exchange.times.events_ms.len(), sse::frames(text(&exchange).as_bytes()).len());
    }

    let event = "d\r\ndata: again\n\n\r\n";
    let server = Server::start(vec![stream_head(), Act::Endless(event.into())]).await;
    let small = client(|options| options.max_body = 1000);
    let exchange = get(&small, &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::TooLarge));
    assert_eq!(text(&exchange).len(), 1000);
    assert_eq!(exchange.times.events_ms.len(), sse::frames(text(&exchange).as_bytes()).len());
    let quick = client(|options| {
        options.stream_timeout = SHORT;
        options.max_body = usize::MAX;
    });
    let exchange = get(&quick, &server.url()).await;
    assert_eq!(answer(&exchange).end, Some(End::TimedOut { seconds: SHORT.as_secs_f64() }));
}

#[tokio::test]
async fn many_tasks_share_a_client() {
    let server = Arc::new(Server::sends("HTTP/1.1 204 No Content\r\n\r\n").await);
    let client = client(|_| {});
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (client, server) = (client.clone(), Arc::clone(&server));
            tokio::spawn(async move { get(&client, &server.url()).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(answer(&task.await.expect("it does not panic")).status, 204);
    }
}
