//! What came back over HTTP.

use reqwest::{Response, header::HeaderMap};
use serde_json::Value;

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; null where it is none.
    pub body: Value,
}

impl Reply {
    pub(super) async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("an answer comes to its end");
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// The data of an answer in which nothing went wrong.
    #[must_use]
    pub fn data(&self) -> &Value {
        assert!(self.status == 200 && self.body["errors"].is_null(), "{} {}", self.status, self.text);
        &self.body["data"]
    }

    /// The errors.
    #[must_use]
    pub fn errors(&self) -> &[Value] {
        self.body["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The text of the first error; empty where there is none.
    #[must_use]
    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or_default()
    }

    /// The code of the first error; empty where there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}
