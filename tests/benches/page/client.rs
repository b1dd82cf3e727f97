//! The smallest HTTP client that keeps a connection: what it costs is the same for all that is measured.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    head: String,
    answer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nAccept: application/json\r\nContent-Length: "
        );
        Ok(Self { stream, head, answer: Vec::with_capacity(256 * 1024) })
    }

    /// Asks, and gives the answer's body.
    pub(crate) async fn ask(&mut self, question: &str) -> anyhow::Result<&[u8]> {
        let request = format!("{}{}\r\n\r\n{question}", self.head, question.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        let body = loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(body) = body_of(&self.answer)? {
                break body;
            }
        };
        Ok(&self.answer[body..])
    }
}

/// Where the body begins, once all of it is there.
fn body_of(answer: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end])?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("the server refused: {head}");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let length = length.context("the answer says no length")??;
    Ok((answer.len() >= end + 4 + length).then_some(end + 4))
}

/// Asks once.
pub(crate) async fn once(address: SocketAddr, question: &str, token: &str) -> anyhow::Result<serde_json::Value> {
    let mut client = Client::connect(address, token).await?;
    Ok(serde_json::from_slice(client.ask(question).await?)?)
}
