//! The classroom: a server on this machine in whose pages a teacher shows runs and students play governments.
//!
//! Pages ask by small JSON requests and are told of changes by server-sent events. Whatever simulates runs on threads of its own;
//! requests only look at what is there. Everything is in memory, nothing in a request names a file, and all pages and scripts are in the
//! program, so a classroom without a network is enough.

mod access;
mod http;
mod live;
mod pages;
mod ready;
mod round;
mod session;
mod sliders;

pub(crate) use session::Choose;
use session::{App, Setup};

use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use twiplomacy::scenario::{Request, Scenario};

/// Connections at the most: two for each student of a large class, and some.
const MOST_CONNECTIONS: usize = 900;
/// Connections of one address at the most; a whole class may sit behind one.
const MOST_OF_ONE: usize = 600;
/// How long a client may take for the head of a request.
const HEAD: Duration = Duration::from_secs(8);

/// Who can reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// This machine only.
    Loopback,
    /// Everybody on the local network who has the join code.
    Lan,
}

/// What the server begins with.
#[derive(Debug)]
pub(crate) struct Options {
    /// What is asked for first, and the scenario that it gives.
    pub(crate) loaded: (Request, Scenario),
    pub(crate) first: Choose,
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    pub(crate) port: u16,
    pub(crate) reach: Reach,
}

/// What the program tells once the server listens.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) teacher: String,
    pub(crate) students: String,
    pub(crate) code: String,
}

/// Serves until `stopped` says so; `tell` is told the addresses.
///
/// # Errors
///
/// Where the port is taken, or the scenario can't be simulated.
pub(crate) fn run(
    options: Options,
    tell: impl FnOnce(&Addresses) + Send,
    stopped: impl Fn() -> bool + Send,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(serve(options, tell, stopped))
}

async fn serve(
    options: Options,
    tell: impl FnOnce(&Addresses) + Send,
    stopped: impl Fn() -> bool + Send,
) -> anyhow::Result<()> {
    let own = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (bound, shown) = match options.reach {
        Reach::Loopback => (own, own),
        Reach::Lan => (IpAddr::V4(Ipv4Addr::UNSPECIFIED), lan_address().unwrap_or(own)),
    };
    let listener = TcpListener::bind(SocketAddr::new(bound, options.port)).await?;
    let port = listener.local_addr()?.port();
    let names = [own.to_string(), "localhost".to_owned(), shown.to_string()];
    let address = format!("http://{shown}:{port}");
    let first = options.first.clone();
    let request = &options.loaded.0;
    let app = App::new(Setup {
        scenarios: vec![request.scenario.clone()],
        world: request.world.clone(),
        set: request.set.clone(),
        seed: options.seed,
        threads: options.threads,
        hosts: names.iter().map(|name| format!("{name}:{port}")).collect(),
        address: address.clone(),
        first: options.first,
        loaded: options.loaded,
    })?;
    tell(&Addresses {
        teacher: format!("http://127.0.0.1:{port}/teach?key={}", app.teacher.reveal()),
        students: address,
        code: app.code.reveal().to_owned(),
    });
    let building = Arc::clone(&app);
    // A scenario that can't be built is told on the page, where another one can be chosen.
    std::thread::spawn(move || building.choose(&first));
    let accepting = tokio::spawn(accept(listener, http::router(app)));
    while !stopped() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    accepting.abort();
    Ok(())
}

/// The address of this machine on the local network: that from which it would send. Nothing is sent.
fn lan_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address for documentation (RFC 5737); connecting a datagram socket only chooses a route.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Counts the connections of each address.
type Counts = Arc<Mutex<BTreeMap<IpAddr, usize>>>;

async fn accept(listener: TcpListener, router: axum::Router) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let counts = Counts::default();
    loop {
        let Ok(leave) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of descriptors, most likely: others will be closed soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some(counted) = Counted::one_more(&counts, peer.ip()) else { continue };
        let router = router.clone();
        tokio::spawn(async move {
            connection(stream, peer.ip(), router).await;
            drop((leave, counted));
        });
    }
}

/// Serves one connection to its end; what goes wrong on it concerns nobody else.
async fn connection(stream: TcpStream, peer: IpAddr, router: axum::Router) {
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router.layer(axum::Extension(http::Peer(peer))));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(32 << 10);
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

/// One counted connection; it is given back when it ends.
struct Counted {
    counts: Counts,
    peer: IpAddr,
}

impl Counted {
    fn one_more(counts: &Counts, peer: IpAddr) -> Option<Self> {
        let mut known = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = known.entry(peer).or_default();
        if *count >= MOST_OF_ONE {
            return None;
        }
        *count += 1;
        Some(Self { counts: Arc::clone(counts), peer })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut known = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                known.remove(&self.peer);
            }
        }
    }
}
