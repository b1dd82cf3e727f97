//! Large bodies share their room, so that what clients send takes bounded memory; small questions need none of it.

use std::net::SocketAddr;

use regiograph_tests::{
    caller::As,
    gateway::{Gateway, SourceSetup},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The largest body there may be, and how many of them have room.
const LARGEST: usize = 1024 * 1024;
const ROOM: usize = 64;

/// A connection on which a body of this size is announced, and the status that comes back: 100 where it may be sent.
async fn announce(gateway: &Gateway, length: &str) -> (TcpStream, String) {
    let address: SocketAddr = gateway.url().replace("http://", "").replace("/graphql", "").parse().expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("the gateway listens");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{length}\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("it is open");
    let mut heard = [0; 12];
    stream.read_exact(&mut heard).await.expect("the gateway answers");
    (stream, String::from_utf8_lossy(&heard[9..]).into_owned())
}

#[tokio::test]
async fn large_bodies_share_their_room_and_small_questions_need_none() {
    let gateway = Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await;
    let large = format!("Content-Length: {LARGEST}");
    let mut held = Vec::new();
    for _ in 0..ROOM {
        let (stream, status) = announce(&gateway, &large).await;
        assert_eq!(status, "100");
        held.push(stream);
    }
    for unfit in [&*large, "Content-Length: 65537", "Transfer-Encoding: chunked"] {
        assert_eq!(announce(&gateway, unfit).await.1, "503", "{unfit}");
    }
    let reply = gateway.ask(&As::public(), "{ viewer { role } }").await;
    assert_eq!(reply.data()["viewer"]["role"], "public", "others are answered meanwhile");
    assert_eq!(announce(&gateway, "Content-Length: 65536").await.1, "100");
    held.clear();
    let mut tries = 0;
    while announce(&gateway, &large).await.1 != "100" {
        tries += 1;
        assert!(tries < 10_000, "room that is left is free again");
        tokio::task::yield_now().await;
    }
}
