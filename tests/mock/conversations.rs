//! Conversations, their messages and their variables.

use serde_json::{Value, json};

use crate::api::Api;
use crate::chat::{ask, names, said};

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn conversations_are_listed_in_every_order_page_by_page() {
    let api = Api::start().await;
    let mut made = Vec::new();
    for query in ["one", "two", "three"] {
        let answer = ask(&api, "chat", false, json!({ "query": query })).await.json();
        made.push(answer["conversation_id"].as_str().unwrap().to_owned());
    }
    ask(&api, "chat", false, json!({ "conversation_id": made[0] })).await;
    let list = async |query: &str| {
        api.get("chat", &format!("/conversations?user=alice&{query}")).await.json()
    };
    let [one, two, three] = [&made[0][..], &made[1], &made[2]];
    assert_eq!(ids(&list("").await), [one, three, two]);
    assert_eq!(ids(&list("sort_by=updated_at").await), [two, three, one]);
    assert_eq!(ids(&list("sort_by=created_at").await), [one, two, three]);
    assert_eq!(ids(&list("sort_by=-created_at").await), [three, two, one]);
    let first = list("limit=2").await;
    assert_eq!(
        (ids(&first), &first["has_more"], &first["limit"]),
        (vec![one, three], &json!(true), &json!(2))
    );
    let last = list(&format!("limit=2&last_id={three}")).await;
    assert_eq!((ids(&last), &last["has_more"]), (vec![two], &json!(false)));
    assert_eq!(ids(&list(&format!("last_id={two}")).await), [""; 0]);
    assert_eq!(ids(&list("last_id=").await).len(), 3);
    assert_eq!(ids(&api.get("chat", "/conversations?user=bob").await.json()), [""; 0]);
    assert_eq!(ids(&api.get("agent", "/conversations?user=alice").await.json()), [""; 0]);
    for (query, status) in [
        ("limit=0", 400),
        ("limit=101", 400),
        ("limit=abc", 400),
        ("sort_by=name", 400),
        ("sort_by=", 400),
        ("last_id=7", 400),
        ("last_id=6c29a0a5-9b8c-4a6e-a0f4-6a8d0a2f7b11", 404),
    ] {
        let answer = api.get("chat", &format!("/conversations?user=alice&{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
    api.conforms("conversations");
}

#[tokio::test]
async fn messages_are_listed_from_the_newest_back() {
    let api = Api::start().await;
    let first = ask(&api, "chat", false, json!({ "query": "1" })).await.json();
    let conversation = first["conversation_id"].as_str().unwrap();
    for query in ["2", "3"] {
        ask(&api, "chat", false, json!({ "query": query, "conversation_id": conversation })).await;
    }
    let list = async |more: &str| {
        let path = format!("/messages?conversation_id={conversation}&user=alice{more}");
        api.get("chat", &path).await.json()
    };
    let queries = |page: &Value| {
        let queries = page["data"].as_array().unwrap().iter();
        queries.map(|message| message["query"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(queries(&list("").await), "123");
    let newest = list("&limit=2").await;
    assert_eq!((queries(&newest), &newest["has_more"]), ("23".to_owned(), &json!(true)));
    let rest = list(&format!("&limit=2&first_id={}", ids(&newest)[0])).await;
    assert_eq!((queries(&rest), &rest["has_more"]), ("1".to_owned(), &json!(false)));
    for (path, status) in [
        ("/messages?user=alice", 400),
        ("/messages?user=alice&conversation_id=7", 400),
        ("/messages?user=alice&conversation_id=", 200),
        ("/messages?user=alice&conversation_id=6c29a0a5-9b8c-4a6e-a0f4-6a8d0a2f7b11", 404),
        (&format!("/messages?user=bob&conversation_id={conversation}"), 404),
        (&format!("/messages?user=alice&conversation_id={conversation}&limit=101"), 400),
        (
            &format!("/messages?user=alice&conversation_id={conversation}&first_id={conversation}"),
            404,
        ),
    ] {
        assert_eq!(api.get("chat", path).await.status, status, "{path}");
    }
    let message = first["message_id"].as_str().unwrap();
    let suggested = api.get("chat", &format!("/messages/{message}/suggested?user=alice")).await;
    assert_eq!(suggested.json()["data"].as_array().unwrap().len(), 3);
    let bob = api.get("chat", &format!("/messages/{message}/suggested?user=bob")).await;
    assert_eq!(bob.refusal(), (404, "not_found".to_owned()));
    let nobody = api.get("chat", &format!("/messages/{message}/suggested")).await;
    assert_eq!(nobody.refusal(), (400, "invalid_param".to_owned()));
    api.conforms("messages");
}

#[tokio::test]
async fn conversations_are_named_and_deleted() {
    let api = Api::start().await;
    let query = "How do I prune a rose before winter?";
    let body = json!({ "query": query, "auto_generate_name": false });
    let answer = ask(&api, "chat", false, body).await.json();
    let path = format!("/conversations/{}", answer["conversation_id"].as_str().unwrap());
    let list = api.get("chat", "/conversations?user=alice").await.json();
    assert_eq!(list["data"][0]["name"], "How do I prune a ros…");
    let name = async |body: Value| api.json("chat", "POST", &format!("{path}/name"), &body).await;
    let named = name(json!({ "name": "Roses", "user": "alice" })).await.json();
    assert_eq!(named["name"], "Roses");
    let named = name(json!({ "auto_generate": true, "user": "alice" })).await.json();
    assert_eq!(named["name"], "About How do I prune a");
    let listed = api.get("chat", "/conversations?user=alice").await.json();
    assert_eq!(listed["data"][0], named);
    let invalid = (400, "invalid_param".to_owned());
    assert_eq!(name(json!({ "user": "alice" })).await.refusal(), invalid);
    assert_eq!(name(json!({ "user": "alice", "name": " " })).await.refusal(), invalid);
    assert_eq!(name(json!({ "user": "alice", "name": "n".repeat(256) })).await.refusal(), invalid);
    let missing = (404, "not_found".to_owned());
    assert_eq!(name(json!({ "user": "bob", "name": "Mine" })).await.refusal(), missing);

    let delete =
        async |user: &str| api.json("chat", "DELETE", &path, &json!({ "user": user })).await;
    assert_eq!(delete("bob").await.refusal(), missing);
    assert_eq!(delete("alice").await.status, 204);
    assert_eq!(delete("alice").await.refusal(), missing);
    assert_eq!(name(json!({ "user": "alice", "name": "Roses" })).await.refusal(), missing);
    let again = json!({ "conversation_id": answer["conversation_id"] });
    assert_eq!(ask(&api, "chat", false, again).await.refusal(), missing);
    let named = ask(&api, "chat", false, json!({})).await.json();
    let first =
        async || api.get("chat", "/conversations?user=alice").await.json()["data"][0].clone();
    while first().await["name"] != "About hello" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let path = format!("/conversations/{}", named["conversation_id"].as_str().unwrap());
    let gone = api.json("chat", "DELETE", &path, &json!({ "user": "alice" })).await;
    assert_eq!((gone.status, gone.headers.get("content-length")), (204, None));
    let suggested = format!("/messages/{}/suggested?user=alice", answer["id"].as_str().unwrap());
    assert_eq!(api.get("chat", &suggested).await.refusal(), missing);
    assert_eq!(ids(&api.get("chat", "/conversations?user=alice").await.json()), [""; 0]);
    api.conforms("names");
}

#[tokio::test]
async fn a_chatflow_remembers() {
    let api = Api::start().await;
    let blocking = ask(&api, "chatflow", false, json!({ "query": "first" })).await.json();
    let conversation = blocking["conversation_id"].as_str().unwrap();
    let body = json!({ "query": "first", "conversation_id": conversation });
    let events = ask(&api, "chatflow", true, body).await.events();
    assert_eq!(names(&events)[..2], ["ping", "workflow_started"]);
    assert_eq!(names(&events)[names(&events).len() - 2..], ["message_end", "workflow_finished"]);
    assert_eq!(said(&events), blocking["answer"].as_str().unwrap());
    let path = format!("/messages?conversation_id={conversation}&user=alice");
    let listed = api.get("chatflow", &path).await.json();
    assert_eq!(listed["data"][1]["answer"], blocking["answer"]);

    let path = format!("/conversations/{conversation}/variables");
    let list = async |more: &str| api.get("chatflow", &format!("{path}?user=alice{more}")).await;
    let variables = list("").await.json();
    let [last, score] = [&variables["data"][0], &variables["data"][1]];
    assert_eq!((&last["name"], &last["value"]), (&json!("last_query"), &json!("first")));
    assert_eq!((&score["value_type"], &score["value"]), (&json!("number"), &json!("7")));
    let page = list(&format!("&limit=1&last_id={}", last["id"].as_str().unwrap())).await.json();
    assert_eq!((&page["data"][0]["name"], &page["has_more"]), (&json!("score"), &json!(true)));
    assert_eq!(list("&variable_name=COR").await.json()["data"].as_array().unwrap().len(), 1);
    for (more, status) in [
        ("&variable_name=", 400),
        ("&variable_name=a--b", 400),
        ("&variable_name=a;b", 400),
        ("&last_id=7", 400),
        ("&limit=0", 400),
        ("&last_id=6c29a0a5-9b8c-4a6e-a0f4-6a8d0a2f7b11", 404),
    ] {
        assert_eq!(list(more).await.status, status, "{more}");
    }

    let set = async |id: &Value, value: Value| {
        let path = format!("{path}/{}", id.as_str().unwrap());
        api.json("chatflow", "PUT", &path, &json!({ "value": value, "user": "alice" })).await
    };
    assert_eq!(set(&score["id"], json!(9)).await.json()["value"], "9");
    assert_eq!(list("").await.json()["data"][1]["value"], "9");
    let refused = (400, "bad_request".to_owned());
    assert_eq!(set(&score["id"], json!("nine")).await.refusal(), refused);
    assert_eq!(set(&last["id"], json!(9)).await.refusal(), refused);
    assert_eq!(set(&last["id"], Value::Null).await.refusal(), refused);
    let missing = (404, "not_found".to_owned());
    assert_eq!(set(&json!(conversation), json!(9)).await.refusal(), missing);
    let nothing = format!("{path}/{}", score["id"].as_str().unwrap());
    let nothing = api.json("chatflow", "PUT", &nothing, &json!({ "user": "alice" })).await;
    assert_eq!(nothing.refusal(), (400, "invalid_param".to_owned()));
    let chat = ask(&api, "chat", false, json!({})).await.json();
    let path = format!(
        "/conversations/{}/variables?user=alice",
        chat["conversation_id"].as_str().unwrap()
    );
    assert_eq!(
        api.get("chat", &path).await.json(),
        json!({ "limit": 20, "has_more": false, "data": [] })
    );
    api.conforms("variables");
}

#[tokio::test]
async fn a_chatflow_fails_stops_and_repeats_what_people_wrote() {
    let api = Api::start().await;
    // It begins a conversation that is not there.
    let unknown = json!({ "conversation_id": "6c29a0a5-9b8c-4a6e-a0f4-6a8d0a2f7b11" });
    let begun = ask(&api, "chatflow", false, unknown.clone()).await.json();
    assert_ne!(begun["conversation_id"], unknown["conversation_id"]);
    let invalid = (400, "invalid_param".to_owned());
    let missing = (404, "not_found".to_owned());
    let long = json!({ "inputs": { "topic": "x".repeat(49) } });
    assert_eq!(ask(&api, "chatflow", false, long).await.refusal(), invalid);
    assert_eq!(ask(&api, "chatflow", false, json!({ "query": "" })).await.refusal(), invalid);
    let draft = ask(&api, "chatflow", true, json!({ "workflow_id": "draft" })).await;
    assert_eq!(draft.refusal(), (400, "bad_request".to_owned()));
    let version = json!({ "workflow_id": unknown["conversation_id"] });
    assert_eq!(ask(&api, "chatflow", false, version).await.refusal(), missing);

    let query = json!({ "query": "#error:InvokeRateLimitError" });
    assert_eq!(ask(&api, "chatflow", false, query.clone()).await.refusal(), invalid);
    let events = ask(&api, "chatflow", true, query).await.events();
    assert_eq!(events.last().unwrap()["data"]["status"], "failed");
    let history = async |events: &[Value]| {
        let id = events[1]["conversation_id"].as_str().unwrap();
        let path = format!("/messages?user=alice&conversation_id={id}");
        api.get("chatflow", &path).await.json()["data"][0].clone()
    };
    assert_eq!(history(&events).await["status"], "error");

    let body = json!({
        "query": "#slow", "inputs": {}, "user": "alice", "response_mode": "streaming",
    });
    let mut stream = api.stream("chatflow", "/chat-messages", &body).await;
    let task = stream.until("message").await["task_id"].clone();
    let path = format!("/chat-messages/{}/stop", task.as_str().unwrap());
    api.json("chatflow", "POST", &path, &json!({ "user": "alice" })).await;
    let events = stream.rest(&api).await.events();
    assert_eq!(events.last().unwrap()["data"]["status"], "stopped");
    assert_eq!(history(&events).await["answer"], said(&events).trim());

    let note = json!({ "question": "Why?", "answer": "Because." });
    api.json("chatflow", "POST", "/apps/annotations", &note).await;
    let enable = json!({
        "score_threshold": 0.9,
        "embedding_provider_name": "langgenius/openai/openai",
        "embedding_model_name": "stub-embedding",
    });
    let job = api.json("chatflow", "POST", "/apps/annotation-reply/enable", &enable).await.json();
    let job = format!("/apps/annotation-reply/enable/status/{}", job["job_id"].as_str().unwrap());
    while api.get("chatflow", &job).await.json()["job_status"] != "completed" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let events = ask(&api, "chatflow", true, json!({ "query": "Why?" })).await.events();
    assert_eq!(
        (names(&events), said(&events).as_str()),
        (vec!["ping", "message", "message_end"], "Because.")
    );
    assert_eq!(history(&events).await["answer"], "Because.");
    api.conforms("chatflow");
}
