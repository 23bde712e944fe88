//! Tests of the reader of event streams.

use super::{Cut, FieldName, Frame, LineEnd, SseReader, frames};

/// What a client would see of a stream: event and data of each dispatched frame.
fn seen(stream: &str) -> Vec<(Option<String>, String)> {
    let dispatched = |frame: &Frame| frame.dispatched();
    let event = |frame: Frame| (frame.event().map(str::to_owned), frame.data().unwrap_or_default());
    frames(stream.as_bytes()).into_iter().filter(dispatched).map(event).collect()
}

fn message(data: &str) -> (Option<String>, String) {
    (None, data.to_owned())
}

#[test]
fn data_lines_are_joined() {
    assert_eq!(seen("data: YHOO\ndata: +2\ndata: 10\n\n"), [message("YHOO\n+2\n10")]);
}

#[test]
fn a_comment_an_id_and_a_frame_that_is_cut_off() {
    let stream =
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event";
    let all = frames(stream.as_bytes());
    let short: Vec<_> =
        all.iter().map(|f| (f.is_comment(), f.data(), f.id(), f.dispatched(), f.cut)).collect();
    assert_eq!(
        short,
        [
            (true, None, None, false, None),
            (false, Some("first event".to_owned()), Some("1"), true, None),
            (false, Some("second event".to_owned()), Some(""), true, None),
            (false, Some(" third event".to_owned()), None, false, Some(Cut::EndOfStream)),
        ]
    );
    let places: Vec<_> = all.iter().map(|f| (f.offset, f.length, f.line)).collect();
    assert_eq!(places, [(0, 15, 1), (15, 25, 3), (40, 22, 6), (62, 18, 9)]);
}

#[test]
fn empty_data_is_dispatched_and_no_data_is_not() {
    assert_eq!(seen("data\n\ndata\ndata\n\ndata:"), [message(""), message("\n")]);
    assert_eq!(seen("event: ping\n\n"), []);
}

#[test]
fn one_space_behind_the_colon_does_not_count() {
    assert_eq!(seen("data:test\n\ndata: test\n\n"), [message("test"), message("test")]);
}

#[test]
fn every_line_end_is_known_and_told() {
    let ends: Vec<_> =
        frames(b"a\n\nb\r\n\r\nc\r\rd\r\n\ne\r\r\n\n\nf").iter().map(|f| f.line_end).collect();
    assert_eq!(
        ends,
        [
            Some(LineEnd::Lf),
            Some(LineEnd::CrLf),
            Some(LineEnd::Cr),
            Some(LineEnd::Mixed),
            Some(LineEnd::Mixed),
            None
        ]
    );
}

#[test]
fn fields_keep_their_order_and_unknown_ones_stay() {
    let all =
        frames("id: a\0b\nretry: 5x\nid: 7\nretry: 30\nfoo: bar\nevent: x\nData: y\n\n".as_bytes());
    let [frame] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((frame.id(), frame.retry(), frame.event()), (Some("7"), Some(30), Some("x")));
    assert_eq!(frame.fields[4].name, FieldName::Other("foo".to_owned()));
    assert_eq!(frame.fields[6].name, FieldName::Other("Data".to_owned()));
    assert!(!frame.dispatched());
}

#[test]
fn a_byte_order_mark_is_one_at_the_beginning_alone() {
    let all = frames("\u{feff}data: a\n\n\u{feff}data: b\n\n".as_bytes());
    assert_eq!((all[0].byte_order_mark, all[0].offset, all[0].data()), (true, 3, Some("a".into())));
    assert_eq!((all[1].byte_order_mark, all[1].data()), (false, None));
    assert_eq!(frames(b"\xef\xbb")[0].length, 2);
    assert_eq!(frames("\u{feff}\n\n".as_bytes()), []);
}

#[test]
fn bytes_that_are_no_utf8_are_told() {
    let all = frames(b"data: a\xff\n\ndata: b\n\n");
    assert_eq!((all[0].invalid_utf8(), all[0].data()), (true, Some("a\u{fffd}".to_owned())));
    assert!(!all[1].invalid_utf8());
}

#[test]
fn a_frame_without_end_costs_no_memory() {
    let mut reader = SseReader::new(10);
    let mut all = reader.push(b"data: 1234\n\n");
    for _ in 0..1000 {
        all.extend(reader.push(b"data: 12345678901"));
    }
    all.extend(reader.push(b"\ndata: x\n\ndata: y\n\n"));
    let short: Vec<_> = all.iter().map(|f| (f.data(), f.cut, f.length)).collect();
    assert_eq!(
        short,
        [
            (Some("1234".to_owned()), None, 12),
            (None, Some(Cut::TooLarge), 17_010),
            (Some("y".to_owned()), None, 9),
        ]
    );
}
