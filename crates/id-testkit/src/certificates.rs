//! Certificates of a test's own: an authority, and what it signs. Nothing is read from the machine.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// An authority that nobody else trusts.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, both in PEM.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl Authority {
    /// Makes one with a key of its own.
    ///
    /// # Panics
    ///
    /// Panics if there is no randomness.
    #[must_use]
    pub fn new() -> Self {
        let mut params = params(&[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(params, key()).expect("what is made here can be signed"))
    }

    /// Returns its certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Writes its certificate into a file.
    ///
    /// # Panics
    ///
    /// Panics if the file cannot be made.
    pub fn write(&self, path: &Path) {
        let mut file = File::create(path).expect("a file of a test can be made");
        file.write_all(self.pem().as_bytes()).expect("a file of a test can be written");
    }

    /// Returns its own certificate and key, as if they were a server's.
    #[must_use]
    pub fn itself(&self) -> Pair {
        Pair { certificate: self.0.pem(), key: self.0.key().serialize_pem() }
    }

    /// Makes the certificate of a server that has this name.
    #[must_use]
    pub fn server(&self, host: &str) -> Pair {
        self.sign(params(&[host]))
    }

    /// Makes one that was good until 2020.
    #[must_use]
    pub fn expired_server(&self, host: &str) -> Pair {
        let mut params = params(&[host]);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 1);
        self.sign(params)
    }

    fn sign(&self, mut params: CertificateParams) -> Pair {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = key();
        let signed = params.signed_by(&key, &self.0).expect("what is made here can be signed");
        Pair { certificate: signed.pem(), key: key.serialize_pem() }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

fn params(hosts: &[&str]) -> CertificateParams {
    let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    CertificateParams::new(names).expect("the hosts of tests are names")
}

fn key() -> KeyPair {
    KeyPair::generate().expect("there is randomness")
}
