//! Load by wrk (Debian's package), on this machine only. Must not know what is asked.

use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

/// One request, to be sent again and again.
pub struct Load {
    pub url: String,
    pub body: String,
    pub headers: Vec<(String, String)>,
}

/// What wrk found.
pub struct Measured {
    pub requests_per_second: f64,
    pub p99_ms: f64,
}

impl Load {
    /// The answer to one request.
    pub async fn once(&self) -> anyhow::Result<Value> {
        let mut request = reqwest::Client::new()
            .post(&self.url)
            .header("content-type", "application/json")
            .body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        anyhow::ensure!(status.is_success(), "{status}: {text:.2000}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Sends it over `connections` for `duration`, after a warm-up.
    pub fn run(&self, connections: usize, duration: Duration) -> anyhow::Result<Measured> {
        let mut script =
            "wrk.method = 'POST'\nwrk.headers['content-type'] = 'application/json'\n".to_owned();
        for (name, value) in &self.headers {
            script += &format!("wrk.headers['{name}'] = [[{value}]]\n");
        }
        script += &format!("wrk.body = [==[{}]==]\n", self.body);
        script += "local failed = 0\nfunction response(status, headers, body) if status ~= 200 then failed = failed + 1 end end\n";
        let file = tempfile::Builder::new().suffix(".lua").tempfile()?;
        std::fs::write(file.path(), script)?;
        let wrk = |duration: Duration| {
            Command::new("wrk")
                .args(["-t1", "--latency"])
                .arg(format!("-c{connections}"))
                .arg(format!("-d{}s", duration.as_secs()))
                .arg("-s")
                .arg(file.path())
                .arg(&self.url)
                .output()
                .context("cannot run wrk\nhint: apt-get install wrk")
        };
        wrk(duration / 5)?;
        let output = wrk(duration)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        anyhow::ensure!(
            output.status.success() && !text.contains("Non-2xx"),
            "wrk failed:\n{text}"
        );
        let requests_per_second = word_after(&text, "Requests/sec:")
            .and_then(|word| word.parse().ok())
            .with_context(|| format!("no rate in:\n{text}"))?;
        let p99_ms = word_after(&text, " 99%")
            .and_then(milliseconds)
            .with_context(|| format!("no latency in:\n{text}"))?;
        Ok(Measured {
            requests_per_second,
            p99_ms,
        })
    }
}

fn word_after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.split_once(word)?.1.split_whitespace().next()
}

/// wrk's times: `812.00us`, `3.41ms`, `1.20s`.
fn milliseconds(text: &str) -> Option<f64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[number.len()..] {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1000.0,
        _ => return None,
    };
    Some(number.parse::<f64>().ok()? * factor)
}
