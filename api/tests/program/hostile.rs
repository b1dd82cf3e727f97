//! What nobody should send, many at a time, to the program in a process of its own: it takes bounded memory, and the
//! program is as well as before.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use serde_json::json;

use crate::running::{QUERY, Running, start};

/// More than it ever takes, and far less than what is sent or announced at a time.
const BOUND_KIB: u64 = 256 * 1024;
/// How many send at a time.
const SENDERS: usize = 16;
/// How often each sends everything.
const ROUNDS: usize = 4;
/// How many send nearly all of a body and then nothing; none may have more connections.
const SLOW: usize = 230;
const MIB: usize = 1024 * 1024;

/// A number of the process, in KiB.
fn memory(running: &Running, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn bodies() -> Vec<Vec<u8>> {
    let query = |query: &str| json!({ "query": query }).to_string().into_bytes();
    let variables =
        |value: &str| format!("{{\"query\":\"{{viewer{{role}}}}\",\"variables\":{{\"a\":{value}}}}}").into_bytes();
    let times = |open: &str, close: &str, times: usize| format!("{}{}", open.repeat(times), close.repeat(times));
    let aliases: String = (0..5_000).map(|it| format!("a{it}:__typename ")).collect();
    let spread: String =
        (0..400).map(|it| format!("fragment f{it} on Query {{ ...f{} ...f{} }} ", it + 1, it + 1)).collect();
    vec![
        query(&" ".repeat(10 * MIB)),
        variables(&format!("[{}1]", "1,".repeat(MIB / 2 - 100))),
        variables(&format!("[{}{{}}]", "{},".repeat(MIB / 3 - 100))),
        variables(&times("[", "]", 100_000)),
        variables(&format!("\"{}\"", "a".repeat(MIB - 200))),
        query(&times("{ a ", "}", 15_000)),
        query(&format!("{{ {} }}", "viewer{role} ".repeat(4_500))),
        query(&format!("{{ {aliases} }}")),
        query(&format!("{{ ...f0 }} {spread} fragment f400 on Query {{ ...f0 }}")),
        query(&format!("{{ placements(first: {}) {{ totalCount }} }}", "9".repeat(60_000))),
        serde_json::to_vec(&vec![json!({ "query": "{ viewer { role } }" }); 20_000]).unwrap(),
        b"{\"query\":\"{ viewer \0 { role } } # \xff\"}".to_vec(),
        vec![b'['; MIB],
    ]
}

/// Sends a body of which the last byte may be kept; nothing is heard where all of it was not wanted.
fn send(address: &str, body: &[u8], keeps_last: bool) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: \
         {}\r\n\r\n",
        body.len()
    );
    let sent = &body[..body.len() - usize::from(keeps_last)];
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent));
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_should_send_takes_bounded_memory() {
    let running = start("", &[]).await;
    running.ask(QUERY).await;
    let before = memory(&running, "VmRSS");
    let (address, bodies) = (running.url.trim_start_matches("http://").to_owned(), bodies());
    let slow: Vec<_> = (0..SLOW).map(|_| send(&address, &vec![b' '; MIB], true)).collect();
    let small = running.ask("{ viewer { role } }").await;
    assert_eq!(small["data"]["viewer"]["role"], "certified_institution", "while large bodies are held: {small}");
    drop(slow);
    thread::scope(|all| {
        for _ in 0..SENDERS {
            all.spawn(|| {
                for body in bodies.iter().cycle().take(bodies.len() * ROUNDS) {
                    let mut answer = Vec::new();
                    let _ = send(&address, body, false).read_to_end(&mut answer);
                    assert!(answer.len() < 10_000 && !answer.starts_with(b"HTTP/1.1 500"));
                }
            });
        }
    });
    let most = memory(&running, "VmHWM");
    assert!(most < before + BOUND_KIB, "{before} KiB before, {most} KiB at most");
    let answer = running.ask(QUERY).await;
    assert!(answer["data"]["placements"]["totalCount"].is_u64(), "{answer}");
    assert_eq!(running.get(&format!("{}/health/ready", running.url)).await.0, 200);
}
