//! A WebSocket to the gateway, in the words of graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::gateway::Gateway;

/// How long the gateway may take to say anything.
const SOON: Duration = Duration::from_secs(60);

/// An open WebSocket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one with these headers beside those of the protocol.
    ///
    /// # Errors
    /// The status, where the gateway does not open it.
    pub async fn open(gateway: &Gateway, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let url = gateway.url().replacen("http", "ws", 1);
        let mut request = url.into_client_request().expect("the gateway has an address");
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        for (name, value) in protocol.iter().chain(headers) {
            request.headers_mut().append(*name, value.parse().expect("tests send headers that can be"));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(refused)) => Err(refused.status().as_u16()),
            Err(error) => unreachable!("the gateway answers: {error}"),
        }
    }

    /// Opens one that names no sub-protocol.
    pub async fn unnamed(gateway: &Gateway) -> Self {
        let (socket, _) = connect_async(gateway.url().replacen("http", "ws", 1)).await.expect("it is opened");
        Self(socket)
    }

    /// One whose `connection_init` brought this token, if any, and was acknowledged.
    pub async fn with_token(gateway: &Gateway, token: Option<&str>) -> Self {
        let mut socket = Self::open(gateway, &[]).await.expect("the gateway opens a WebSocket");
        let payload = token.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        socket.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, Ok(json!({ "type": "connection_ack" })));
        socket
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.expect("the gateway listens");
    }

    /// Asks for an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } })).await;
    }

    /// The next message.
    ///
    /// # Errors
    /// Code and reason, where the gateway closes the WebSocket.
    pub async fn hear(&mut self) -> Result<Value, (u16, String)> {
        loop {
            let message = tokio::time::timeout(SOON, self.0.next()).await.expect("the gateway says something");
            match message.expect("the gateway says when it goes").expect("the gateway speaks the protocol") {
                Message::Text(text) => return Ok(serde_json::from_str(&text).expect("messages are JSON")),
                Message::Close(close) => {
                    let close = close.expect("a close says why");
                    return Err((close.code.into(), close.reason.to_string()));
                }
                _ => {}
            }
        }
    }
}
