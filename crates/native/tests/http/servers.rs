//! Servers of one connection, on threads that end with it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use http::Request;
use offshoot_core::{
    env::Env,
    ports::{Limits, SendError},
};
use offshoot_native::BlockingHttp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

pub const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Sends a POST and gives status and body.
pub fn send(
    url: &str,
    variables: &[(&str, &str)],
    timeout: Duration,
) -> Result<(u16, String), SendError> {
    let env: Env = variables.iter().copied().collect();
    let limits = Limits { timeout, max_body: 1000 };
    let request = Request::post(url).header("X-Token", "s3cret").body(b"hello".to_vec()).unwrap();
    let response = BlockingHttp::new(env).exchange(request, limits)?;
    Ok((response.status().as_u16(), String::from_utf8(response.into_body()).unwrap()))
}

/// Takes one connection, reads a request's head and body, writes `answer`, closes; gives the head that came.
pub fn answering(answer: impl Into<Vec<u8>>) -> (SocketAddr, mpsc::Receiver<String>) {
    let answer = answer.into();
    serve(move |stream, heads| {
        let mut reader = BufReader::new(stream);
        heads.send(read_head(&mut reader)).unwrap();
        reader.read_exact(&mut [0; 5]).unwrap();
        reader.get_mut().write_all(&answer).unwrap();
    })
}

/// As [`answering`], behind TLS, with a certificate of `authority` for `name`.
pub fn answering_tls(
    authority: &Authority,
    name: &str,
    answer: &'static str,
) -> (SocketAddr, mpsc::Receiver<String>) {
    let config = authority.server(name);
    serve(move |stream, heads| {
        let connection = ServerConnection::new(config.clone()).unwrap();
        let mut reader = BufReader::new(StreamOwned::new(connection, stream));
        // A client that does not trust the certificate hangs up.
        let mut first = [0; 1];
        if reader.get_mut().read(&mut first).unwrap_or(0) == 0 {
            return;
        }
        heads.send(format!("{}{}", char::from(first[0]), read_head(&mut reader))).unwrap();
        reader.read_exact(&mut [0; 5]).unwrap();
        reader.get_mut().write_all(answer.as_bytes()).unwrap();
        reader.get_mut().flush().unwrap();
    })
}

/// Takes one CONNECT, tells its head, and joins it with `target`, or refuses it.
pub fn proxy(target: Option<SocketAddr>) -> (SocketAddr, mpsc::Receiver<String>) {
    serve(move |stream, heads| {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        heads.send(read_head(&mut reader)).unwrap();
        let mut client = stream;
        let Some(target) = target else {
            client
                .write_all(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                )
                .unwrap();
            return;
        };
        let mut server = TcpStream::connect(target).unwrap();
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        let (mut from_server, mut to_client) =
            (server.try_clone().unwrap(), client.try_clone().unwrap());
        let back = thread::spawn(move || drop(std::io::copy(&mut from_server, &mut to_client)));
        drop(std::io::copy(&mut reader, &mut server));
        drop(server.shutdown(std::net::Shutdown::Write));
        back.join().unwrap();
    })
}

/// A certificate authority that nobody knows.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    fn server(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()])
            .unwrap()
            .signed_by(&key, &self.issuer)
            .unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        Arc::new(
            builder
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .unwrap(),
        )
    }
}

fn serve(
    one: impl FnOnce(TcpStream, mpsc::Sender<String>) + Send + 'static,
) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, heads) = mpsc::channel();
    thread::spawn(move || one(listener.accept().unwrap().0, sender));
    (address, heads)
}

fn read_head(reader: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "the head breaks off: {head:?}");
    }
    head
}
