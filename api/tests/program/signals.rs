//! SIGHUP reads the configuration again, SIGTERM and SIGINT stop after what has begun, and systemd is told.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use crate::running::{self, Running, start};

const QUERY: &str = "{ viewer { role } capacityReports { totalCount } }";
const ROLE: &str = "certified_institution";

/// A request of which the last byte is not sent yet.
struct Begun(TcpStream);

impl Begun {
    fn new(running: &Running) -> Self {
        let mut stream = TcpStream::connect(running.url.trim_start_matches("http://")).unwrap();
        let body = format!("{{\"query\":\"{QUERY}\"");
        let head = "POST /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len() + 1).unwrap();
        Self(stream)
    }

    fn end(mut self) -> String {
        self.0.write_all(b"}").unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[tokio::test]
async fn an_order_to_stop_lets_a_request_under_way_end() {
    for signal in ["TERM", "INT"] {
        let running = start("", &[]).await;
        let begun = Begun::new(&running);
        running.ask(QUERY).await;
        running.signal(signal);
        running.logged("stopping after the requests under way").await;
        assert!(begun.end().starts_with("HTTP/1.1 200"), "{signal}");
        let (status, log) = running.end();
        assert_eq!(status.code(), Some(0), "{log}");
    }
}

#[tokio::test]
async fn while_it_drains_it_answers_and_is_not_ready() {
    let running = start("[shutdown]\ndrain = \"5m\"", &[]).await;
    let ready = format!("{}/health/ready", running.url);
    assert_eq!(running.get(&ready).await.0, 200);
    running.signal("TERM");
    running.logged("stopping after the requests under way").await;
    let (status, body) = running.get(&ready).await;
    assert_eq!(status, 503);
    assert!(body.contains("\"status\":\"stopping\""), "{body}");
    assert_eq!(running.get(&format!("{}/health/live", running.url)).await.0, 200);
    assert_eq!(running.ask(QUERY).await["data"]["viewer"]["role"], ROLE);
    running.signal("TERM");
    let (status, log) = running.end();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn a_second_order_ends_the_draining() {
    let running = start("[shutdown]\ndrain = \"5m\"", &[]).await;
    running.signal("TERM");
    running.logged("stopping after the requests under way").await;
    let began = Instant::now();
    running.signal("TERM");
    assert_eq!(running.end().0.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_hangup_reads_the_configuration_again() {
    let running = start("[metrics]\nlisten = \"127.0.0.1:0\"", &[]).await;
    let metrics = format!("{}/metrics", running.address_in_log("metrics are served").await);
    let text = fs::read_to_string(&running.config).unwrap();
    fs::write(&running.config, text.replace("[metrics]", "[limits]\naliases = 1\n[metrics]")).unwrap();
    let many = "{ a: viewer { role } b: viewer { role } }";
    assert!(running.ask(many).await["errors"].is_null());
    running.signal("HUP");
    running.logged("the configuration was read again").await;
    assert_eq!(running.ask(many).await["errors"][0]["extensions"]["code"], "COST_LIMIT");
    fs::write(&running.config, "nonsense").unwrap();
    running.signal("HUP");
    running.logged("the configuration stays as it was").await;
    assert!(running.log().contains("regiograph.toml:1:"), "{}", running.log());
    assert_eq!(running.ask(many).await["errors"][0]["extensions"]["code"], "COST_LIMIT");
    let text = running.get(&metrics).await.1;
    for outcome in ["applied", "refused"] {
        let line = format!("regiograph_config_reloads_total{{outcome=\"{outcome}\"}} 1\n");
        assert!(text.contains(&line), "{text}");
    }
    let client = &running.client;
    let open =
        client.get(&metrics).header("accept", "application/openmetrics-text; version=1.0.0").send().await.unwrap();
    assert!(open.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    assert!(open.text().await.unwrap().ends_with("# EOF\n"));
    assert_eq!(running.get(&metrics.replace("/metrics", "/graphql")).await.0, 404, "nothing else is served there");
    assert_eq!(running.get(&format!("{}/metrics", running.url)).await.0, 404);
}

#[tokio::test]
async fn no_request_fails_over_twenty_hangups() {
    let running = start("[metrics]\nlisten = \"127.0.0.1:0\"", &[]).await;
    let metrics = format!("{}/metrics", running.address_in_log("metrics are served").await);
    let first = running.ask(running::QUERY).await;
    assert!(first["errors"].is_null() && first["data"]["placements"]["nodes"][0]["id"].is_string(), "{first}");
    for times in 1..=20 {
        running.signal("HUP");
        let applied = format!("regiograph_config_reloads_total{{outcome=\"applied\"}} {times}\n");
        loop {
            let answers = futures_util::future::join_all((0..4).map(|_| running.ask(running::QUERY))).await;
            assert!(answers.iter().all(|it| *it == first), "{answers:?}");
            if running.get(&metrics).await.1.contains(&applied) {
                break;
            }
        }
    }
    running.signal("TERM");
    assert_eq!(running.end().0.code(), Some(0));
}

#[tokio::test]
async fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let running = start("", &[("NOTIFY_SOCKET", path.to_str().unwrap())]).await;
    let told = || {
        let mut bytes = [0; 100];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    assert_eq!(told(), "READY=1");
    assert_eq!(running.ask(QUERY).await["data"]["viewer"]["role"], ROLE);
    running.signal("TERM");
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(running.end().0.code(), Some(0));
}
