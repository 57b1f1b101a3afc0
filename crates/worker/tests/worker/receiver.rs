//! A real HTTP receiver, with the manners that a test wants of it.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a request was.
#[derive(Clone, Debug)]
pub struct Received {
    /// `POST /path HTTP/1.1`.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        &found
            .unwrap_or_else(|| panic!("no header {name}: {self:?}"))
            .1
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// How the receiver answers from now on.
#[derive(Clone, Debug)]
pub enum Manner {
    /// With this status and these header lines.
    Answer(u16, &'static str),
    /// Not at all, and keeps the connection.
    Silent,
    /// 200, and a body without end.
    EndlessBody,
    /// Headers without end.
    EndlessHead,
    /// Hangs up when it has read the request.
    HangUp,
    /// Something that is not HTTP.
    Nonsense,
}

pub struct Receiver {
    pub port: u16,
    manner: Arc<Mutex<Manner>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            manner: Arc::new(Mutex::new(Manner::Answer(204, ""))),
            received: Arc::default(),
        };
        let (manner, received) = (receiver.manner.clone(), receiver.received.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner.clone(), received.clone()));
            }
        });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook?a=b", self.port)
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// All requests so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Requests since the last call.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }
}

async fn serve(
    mut stream: TcpStream,
    manner: Arc<Mutex<Manner>>,
    received: Arc<Mutex<Vec<Received>>>,
) {
    let Some(request) = read(&mut stream).await else {
        return;
    };
    received.lock().unwrap().push(request);
    let manner = manner.lock().unwrap().clone();
    match manner {
        Manner::Answer(status, headers) => {
            let answer = format!("HTTP/1.1 {status} Some\r\ncontent-length: 0\r\n{headers}\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Manner::Silent => {
            // Until the other side gives up.
            let _ = stream.read_u8().await;
        }
        Manner::EndlessBody => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n";
            let mut going = stream.write_all(head.as_bytes()).await.is_ok();
            while going {
                going = stream.write_all(&[b'x'; 4096]).await.is_ok();
            }
        }
        Manner::EndlessHead => {
            let mut going = stream.write_all(b"HTTP/1.1 200 OK\r\n").await.is_ok();
            while going {
                going = stream.write_all(b"x-more: of the same\r\n").await.is_ok();
            }
        }
        Manner::HangUp => {}
        Manner::Nonsense => {
            let _ = stream.write_all(b"220 mail.example.org ESMTP\r\n").await;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let (line, headers) = text.split_once("\r\n").unwrap();
    let headers: Vec<(String, String)> = headers
        .lines()
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map(|(_, value)| value.parse().unwrap())?;
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received {
        line: line.to_owned(),
        headers,
        body: String::from_utf8(bytes[head + 4..].to_vec()).unwrap(),
    })
}
