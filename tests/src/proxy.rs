//! A network between a gateway and a server, on this machine: what comes in goes on, until it is cut. Then every byte is
//! lost and no connection is closed, as when a cable is pulled; a connection that has lost bytes is dead for good.

use std::{net::SocketAddr, thread};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::watch,
};

/// The network; it ends when it is dropped.
pub struct Network {
    port: u16,
    is_cut: watch::Sender<bool>,
}

impl Network {
    /// A network to a port of this machine.
    #[must_use]
    pub fn to(port: u16) -> Self {
        let (is_cut, cut) = watch::channel(false);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let own = listener.local_addr().expect("a listener has an address").port();
        // On a thread of its own, so that its tasks are not counted among the gateway's.
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("there is a runtime");
            runtime.block_on(run(listener, port, cut));
        });
        Self { port: own, is_cut }
    }

    /// Its own port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing arrives.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// From now on what is sent arrives again.
    pub fn heal(&self) {
        self.is_cut.send_replace(false);
    }
}

async fn run(listener: std::net::TcpListener, port: u16, mut cut: watch::Receiver<bool>) {
    listener.set_nonblocking(true).expect("a listener need not wait");
    let listener = TcpListener::from_std(listener).expect("the runtime takes listeners");
    let end = cut.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((near, _)) = accepted {
                    tokio::spawn(carry(near, port, end.clone()));
                }
            }
            // Whoever made the network is gone.
            changed = cut.changed() => if changed.is_err() { return },
        }
    }
}

/// Carries bytes both ways until one side closes.
async fn carry(mut near: TcpStream, port: u16, mut cut: watch::Receiver<bool>) {
    if *cut.borrow() {
        return hold(near, None, cut).await;
    }
    let Ok(mut far) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await else { return };
    let (mut there, mut back) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    loop {
        let carried = tokio::select! {
            read = near.read(&mut there) => match read {
                Ok(0) | Err(_) => None,
                Ok(_) if *cut.borrow() => return hold(near, Some(far), cut).await,
                Ok(read) => far.write_all(&there[..read]).await.ok(),
            },
            read = far.read(&mut back) => match read {
                Ok(0) | Err(_) => None,
                Ok(_) if *cut.borrow() => return hold(near, Some(far), cut).await,
                Ok(read) => near.write_all(&back[..read]).await.ok(),
            },
        };
        if carried.is_none() {
            break;
        }
    }
    // Nobody hears of an end either while the network is cut.
    let _ = cut.wait_for(|is_cut| !is_cut).await;
}

/// Keeps a dead connection: what is sent is lost. Once the network is whole, whoever closes is heard.
async fn hold(mut near: TcpStream, far: Option<TcpStream>, mut cut: watch::Receiver<bool>) {
    let mut lost = vec![0; 16 * 1024];
    while near.read(&mut lost).await.is_ok_and(|read| read > 0) {}
    let _ = cut.wait_for(|is_cut| !is_cut).await;
    drop(far);
}
