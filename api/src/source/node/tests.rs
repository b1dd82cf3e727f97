//! What a node says over HTTP, and what becomes of it here: a small server stands for the node.

mod encrypted;

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::post,
};
use chrono::DateTime;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

use super::{
    link::gateway_of,
    wire::{CREDENTIAL_HEADER, Heard, PROTOCOL, PROTOCOL_HEADER},
    *,
};
use crate::{
    clock::Clock,
    policy::{Caller, Token},
    query::Operand,
    source::{
        Kept, Record, Settings, Source, Tabulate,
        fixture::{dataset, field, holder},
        resilient::Means,
    },
};

type Reply = Arc<dyn Fn(HeaderMap, Bytes) -> Response + Send + Sync>;

fn link() -> Arc<Link> {
    Arc::new(Link::from_key(&[b"0123456789abcdef".as_slice(); 2].concat().try_into().unwrap()))
}

fn clock() -> Clock {
    Clock::fixed(DateTime::from_timestamp(1_760_000_000, 0).unwrap())
}

/// Numbers that are used once.
fn random(bytes: &mut [u8]) -> std::io::Result<()> {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    bytes.iter_mut().rev().zip(number.iter().rev()).for_each(|(byte, of)| *byte = *of);
    Ok(())
}

fn serve(listener: TcpListener, reply: Reply) -> JoinHandle<()> {
    let answer = move |headers: HeaderMap, body: Bytes| async move { reply(headers, body) };
    let router = Router::new().route("/node", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

fn source(port: u16) -> Arc<dyn Source> {
    let settings = Settings::new("jz36-monitor", holder(0), "", vec![dataset()]);
    crate::source::open(Settings {
        kept: Kept::Node(Node {
            endpoint: format!("http://127.0.0.1:{port}/node").parse().unwrap(),
            remote: "monitor".into(),
            gateway: "national".into(),
            own: GatewayId::new([7; 16]),
            link: link(),
            trust: Trust::new(None).unwrap(),
            means: Means { clock: clock(), random },
            exchange: None,
        }),
        ..settings
    })
}

async fn answered_by(reply: impl Fn(HeaderMap, Bytes) -> Response + Send + Sync + 'static) -> Arc<dyn Source> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    serve(listener, Arc::new(reply));
    source(port)
}

fn caller() -> OnBehalf {
    OnBehalf::caller(&Caller::public(), Some(Token::new("a.b.c")))
}

fn select() -> Arc<Select> {
    let columns = vec![Some(Operand::Field(field("youth"))), Some(Operand::Field(field("started_on")))];
    Arc::new(Select { columns, on_behalf: caller(), ..Select::whole(dataset(), 10) })
}

fn said(body: impl Into<Vec<u8>>) -> Response {
    ([(PROTOCOL_HEADER, PROTOCOL)], body.into()).into_response()
}

fn record() -> Record {
    Record { id: Datum::Int(1), values: Box::new([Datum::from("Y-1"), Datum::Null]) }
}

/// A node as it is: knows the gateway, reads the question, and answers one row.
fn node(link: &Link, headers: &HeaderMap, body: &Bytes) -> (Heard, Response) {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let credential = text(CREDENTIAL_HEADER).unwrap();
    assert_eq!(gateway_of(&credential).as_deref(), Some("national"));
    let authorization = text("authorization");
    let moment = clock().now();
    link.verify("national", &credential, (body, authorization.as_deref()), moment).unwrap();
    assert_eq!(text(PROTOCOL_HEADER).as_deref(), Some(PROTOCOL));
    let heard = Question::read(body, link.youths()).unwrap();
    let lacking = vec!["placement.started_on".into()];
    let told = match &heard.question.ask {
        Ask::Rows(_) => Told::Rows(Records { all: vec![record()], lacking }),
        Ask::Check(datasets) => Told::Check(datasets.iter().map(|it| Inspected::new(it)).collect()),
        _ => Told::Count(3),
    };
    let answer = heard.answer(Ok(told)).write(&heard.question.ask, link.youths());
    (heard, said(answer))
}

#[tokio::test]
async fn a_question_reaches_the_node_with_its_caller_and_its_answer_comes_back() {
    let (heard, link) = (Arc::new(Mutex::new(Vec::new())), link());
    let seen = Arc::clone(&heard);
    let source = answered_by(move |headers, body| {
        let (heard, answer) = node(&link, &headers, &body);
        let token = headers.get("authorization").map(|it| it.to_str().unwrap().to_owned());
        seen.lock().unwrap().push((heard.question, token));
        answer
    })
    .await;
    let rows = source.rows(select()).await.unwrap();
    assert_eq!((&rows.all, &*rows.lacking[0]), (&vec![record()], "placement.started_on"));
    assert_eq!(source.count(select()).await, Ok(3));
    assert_eq!(source.check(OnBehalf::inspection()).await.unwrap().len(), 1);
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    assert_eq!((&*heard[0].0.source, heard[0].1.as_deref()), ("monitor", Some("Bearer a.b.c")));
    assert!(heard[0].0.within <= source.deadline() && heard[0].0.within >= source.deadline() / 2);
    assert_eq!(heard[2].1, None, "a check is for no caller");
}

#[tokio::test]
async fn on_behalf_of_nobody_no_node_is_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let source = answered_by(move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        said("{}")
    })
    .await;
    let nobody = || Arc::new(Select { on_behalf: OnBehalf::default(), ..Select::clone(&select()) });
    assert_eq!(source.rows(nobody()).await, Err(Failure::Refused));
    assert_eq!(source.count(nobody()).await, Err(Failure::Refused));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn what_is_no_answer_says_what_it_is() {
    let replies: Arc<Mutex<Vec<Response>>> = Arc::default();
    let next = Arc::clone(&replies);
    let source = answered_by(move |_, _| next.lock().unwrap().pop().unwrap()).await;
    let status = |status: u16| StatusCode::from_u16(status).unwrap().into_response();
    let malformed = |reason: &str| Failure::Malformed(reason.to_owned());
    for (reply, failure) in [
        (status(401), Failure::Refused),
        (status(403), Failure::Refused),
        (status(404), Failure::Refused),
        (status(429), Failure::Busy),
        (status(503), Failure::Unreachable),
        (status(501), malformed("it speaks another version of the protocol")),
        (status(500), malformed("HTTP status 500 is none of a node")),
        ((StatusCode::FOUND, [(LOCATION, "/node")]).into_response(), malformed("HTTP status 302 is none of a node")),
        ("{}".into_response(), malformed("it speaks another version of the protocol, or is no node")),
        (said("{\"rows\":"), malformed("no JSON of an answer")),
        (said("{\"count\":1}"), malformed("an answer to another question")),
        (said("{\"failure\":{\"timed_out\":1500}}"), Failure::TimedOut(Duration::from_millis(1500))),
    ] {
        replies.lock().unwrap().push(reply);
        assert_eq!(source.rows(select()).await, Err(failure));
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/node", listener.local_addr().unwrap()).parse().unwrap();
    let lengths = Arc::new(Mutex::new(vec![70_000, 1_000]));
    serve(listener, Arc::new(move |_, _| said(vec![b' '; lengths.lock().unwrap().pop().unwrap()])));
    let http = Http::new(&Trust::new(None).unwrap(), 1);
    let room = Room::of(&Ask::Count(select()));
    let request = || Request { body: Vec::new(), authorization: None, credential: "x", room };
    assert_eq!(http.put(&endpoint, request()).await.map(|it| it.len()), Ok(1_000));
    let too_long = Failure::Malformed("its answer is longer than any to this question".to_owned());
    assert_eq!(http.put(&endpoint, request()).await, Err(too_long));
}

#[tokio::test]
async fn a_node_that_is_away_cannot_be_reached_and_answers_when_it_is_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let source = source(address.port());
    assert_eq!(source.count(select()).await, Err(Failure::Unconnected));
    let link = link();
    let listener = TcpListener::bind(address).await.unwrap();
    serve(listener, Arc::new(move |headers, body| node(&link, &headers, &body).1));
    assert_eq!(source.count(select()).await, Ok(3));
}

#[tokio::test]
async fn a_question_that_nobody_waits_for_is_dropped_at_the_node_too() {
    struct Gone(Arc<Notify>);
    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.notify_one();
        }
    }
    let (come, gone) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (arrived, left) = (Arc::clone(&come), Arc::clone(&gone));
    let hang = move || {
        let (arrived, left) = (Arc::clone(&arrived), Gone(Arc::clone(&left)));
        async move {
            arrived.notify_one();
            std::future::pending::<()>().await;
            drop(left);
        }
    };
    let router = Router::new().route("/node", post(hang));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let source = source(port);
    let asking = tokio::spawn(async move { source.count(select()).await });
    come.notified().await;
    asking.abort();
    gone.notified().await;
}

#[test]
fn a_question_is_explained_without_a_value() {
    let columns = vec![Some(Operand::Field(field("unit"))), None];
    let filter = crate::query::Predicate::is(field("youth"), crate::query::Test::Eq("Y-1".into()));
    let select = Select { columns, filter, on_behalf: caller(), ..Select::whole(dataset(), 10) };
    let source = source(1);
    let words = source.explain(&select);
    let expected = "ask the node's source `monitor` for rows of Placement\nwith unit, null\nwhere youth = ?\nin order of \
                    id\nno more than 10";
    assert_eq!(words, expected);
    let open_on = None;
    let (values, groups) = (vec![false], 1);
    let tabulate = Tabulate { select, groups, open_on, youths: true, values, groups_most: 1, entries_most: 1 };
    let words = source.explain_table(&tabulate);
    assert!(words.contains("by unit\nmeasuring null\nwith the distinct youths"), "{words}");
}
