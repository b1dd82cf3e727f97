//! Answers are taken at some pace: whoever takes a little now and then, so as to hold an answer in memory for hours, is cut
//! off. What waits for the next question or event is not held up by anyone.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How fast a client takes what waits for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// From when on it counts: lines may be slow for a while.
    pub(super) after: Duration,
    /// The least number of bytes in a second, since something began to wait.
    pub(super) least: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { after: Duration::from_secs(60), least: 8 * 1024 }
    }
}

/// A stream whose other end takes what is written at some pace.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    pace: Pace,
    /// Since when something waits, and how much of it was taken.
    waits: Option<(Instant, u64)>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Pace) -> Self {
        Self { stream, pace, waits: None }
    }

    fn took(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        let Poll::Ready(written) = written else {
            self.waits.get_or_insert_with(|| (Instant::now(), 0));
            return Poll::Pending;
        };
        let written = written?;
        if let Some((since, taken)) = &mut self.waits {
            *taken = taken.saturating_add(written as u64);
            let spent = since.elapsed();
            let least = u128::from(self.pace.least) * spent.as_millis() / 1_000;
            if spent > self.pace.after && u128::from(*taken) < least {
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
        }
        Poll::Ready(Ok(written))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.took(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.took(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Comes once everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.waits = None;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
