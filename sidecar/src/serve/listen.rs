//! Where the sidecar listens: loopback, or a Unix socket that only its user can reach.

use std::{
    fmt, io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};

use crate::failure::Failure;

/// Where to listen.
#[derive(Debug, Clone)]
pub enum Bind {
    /// An address of loopback; port 0 takes a free one.
    Loopback(Loopback),
    /// A Unix socket.
    #[cfg_attr(not(unix), expect(dead_code, reason = "its path is not looked at there"))]
    Unix(PathBuf),
}

/// An address that other machines cannot reach.
#[derive(Debug, Clone, Copy)]
pub struct Loopback(SocketAddr);

impl Loopback {
    /// A free port of 127.0.0.1.
    pub fn any_port() -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// The address.
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

impl FromStr for Loopback {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numeric = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        let address: SocketAddr = numeric
            .parse()
            .map_err(|_| "not an address with a port, such as 127.0.0.1:0".to_owned())?;
        if address.ip().is_loopback() {
            return Ok(Self(address));
        }
        Err("other machines could reach it, and what passes here is not encrypted: \
             use an address of loopback, such as 127.0.0.1:0"
            .to_owned())
    }
}

/// Where the sidecar is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// At this address.
    Tcp(SocketAddr),
    /// At this Unix socket.
    #[cfg_attr(not(unix), expect(dead_code, reason = "none is bound there"))]
    Unix(PathBuf),
}

impl Address {
    /// The beginning of every URL. With a Unix socket the host in it only has to be there.
    pub fn url(&self) -> String {
        match self {
            Self::Tcp(address) => format!("http://{address}"),
            Self::Unix(_) => "http://localhost".to_owned(),
        }
    }

    /// The Unix socket.
    pub fn socket(&self) -> Option<&PathBuf> {
        match self {
            Self::Tcp(_) => None,
            Self::Unix(path) => Some(path),
        }
    }

    /// The address that a `Host` header may name.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Tcp(address) => Some(address.ip()),
            Self::Unix(_) => None,
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(_) => f.write_str(&self.url()),
            Self::Unix(path) => write!(f, "unix socket {}", path.display()),
        }
    }
}

/// Something that connections come from.
pub trait Listen {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>>;
}

impl Listen for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<TcpStream> {
        let (stream, _) = Self::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// A socket that is open.
pub enum Listener {
    /// On loopback.
    Tcp(TcpListener),
    /// On a Unix socket.
    #[cfg(unix)]
    Unix(unix::Socket),
}

impl Listener {
    /// Where it is reached.
    pub fn address(&self) -> Address {
        match self {
            Self::Tcp(listener) => {
                // A socket that is bound has an address.
                Address::Tcp(listener.local_addr().unwrap_or_else(|_| ([127, 0, 0, 1], 0).into()))
            }
            #[cfg(unix)]
            Self::Unix(socket) => Address::Unix(socket.path().clone()),
        }
    }
}

/// Opens the socket. Must be called inside the runtime.
///
/// # Errors
/// If the address is taken, or others could reach the Unix socket.
pub fn bind(bind: &Bind) -> Result<Listener, Failure> {
    match bind {
        Bind::Loopback(Loopback(address)) => {
            let listen = || {
                let listener = std::net::TcpListener::bind(address)?;
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener)
            };
            let listener =
                listen().map_err(|error| Failure::io(&format!("listen on {address}"), &error))?;
            Ok(Listener::Tcp(listener))
        }
        #[cfg(unix)]
        Bind::Unix(path) => Ok(Listener::Unix(unix::bind(path)?)),
        #[cfg(not(unix))]
        Bind::Unix(_) => {
            Err(Failure::usage("this system has no Unix sockets here", "use --listen"))
        }
    }
}

#[cfg(unix)]
mod unix {
    //! Unix sockets.

    use std::{
        fs,
        io::{self, ErrorKind},
        os::unix::{
            fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
            net::UnixStream as StdUnixStream,
        },
        path::{Path, PathBuf},
    };

    use tokio::net::{UnixListener, UnixStream};

    use super::Listen;
    use crate::failure::Failure;

    /// A Unix socket, whose file goes when it is closed.
    pub struct Socket {
        listener: UnixListener,
        path: PathBuf,
    }

    impl Socket {
        /// Its file.
        pub fn path(&self) -> &PathBuf {
            &self.path
        }
    }

    impl Drop for Socket {
        fn drop(&mut self) {
            // Whoever comes next removes it.
            let _left = fs::remove_file(&self.path);
        }
    }

    impl Listen for Socket {
        type Stream = UnixStream;

        async fn accept(&self) -> io::Result<UnixStream> {
            self.listener.accept().await.map(|(stream, _)| stream)
        }
    }

    /// Opens the socket at `path`, in a directory that only this user can enter.
    pub fn bind(path: &Path) -> Result<Socket, Failure> {
        let shown = path.display();
        let failed = |error: io::Error| Failure::io(&format!("listen on `{shown}`"), &error);
        let name = path.file_name().ok_or_else(|| {
            Failure::usage(format!("`{shown}` names no file"), "pass the path of a socket to make")
        })?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        make_private(parent)?;
        let path = parent.canonicalize().map_err(failed)?.join(name);
        remove_abandoned(&path).map_err(failed)?;
        let listener = UnixListener::bind(&path).map_err(failed)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Socket { listener, path })
    }

    fn make_private(dir: &Path) -> Result<(), Failure> {
        let shown = dir.display();
        let failed = |error: io::Error| Failure::io(&format!("use `{shown}`"), &error);
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let metadata = fs::metadata(dir).map_err(failed)?;
        let own = metadata.uid() == nix::unistd::geteuid().as_raw();
        if own && metadata.permissions().mode() & 0o077 == 0 {
            return Ok(());
        }
        Err(Failure::usage(
            format!("other users can enter the directory `{shown}` of the socket"),
            "name one that does not exist yet, or one of your own with `chmod 700`",
        ))
    }

    /// Removes a socket that nobody listens on any more.
    fn remove_abandoned(path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(found) if found.file_type().is_socket() => match StdUnixStream::connect(path) {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => fs::remove_file(path),
                _ => Err(ErrorKind::AddrInUse.into()),
            },
            Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_taken() {
        for good in ["127.0.0.1:0", "127.9.9.9:80", "[::1]:0", "localhost:7000"] {
            assert!(good.parse::<Loopback>().is_ok(), "{good}");
        }
        for wide in ["0.0.0.0:80", "[::]:80", "10.0.0.1:80"] {
            let error = wide.parse::<Loopback>().unwrap_err();
            assert!(error.contains("other machines"), "{wide}: {error}");
        }
        for wrong in ["", "80", "127.0.0.1", "localhost", "example.com:80"] {
            assert!(wrong.parse::<Loopback>().is_err(), "{wrong}");
        }
    }
}
