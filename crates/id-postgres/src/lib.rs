//! Connections to `PostgreSQL` as libpq makes them: an address, and how much of TLS it asks for.
//!
//! ```text
//! postgres://owner@db.example/shop?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem
//!                                  `-----------------. `---------------------------
//!                                   how much of TLS    the authorities that are trusted
//! ```
//!
//! | `sslmode` | encrypted | checked |
//! | --- | --- | --- |
//! | `disable` | no | |
//! | `allow` | if the server wants it | with `sslrootcert`: as `verify-ca` |
//! | `prefer`, if nothing is said | if the server can | with `sslrootcert`: as `verify-ca` |
//! | `require` | yes | with `sslrootcert`: as `verify-ca` |
//! | `verify-ca` | yes | that one of the authorities signed the server's certificate |
//! | `verify-full` | yes | and that it is for the host of the address |
//!
//! `allow` and `prefer` protect from nobody: who can change what is sent can also refuse TLS. A Unix socket is never encrypted.
//! Otherwise than libpq does it, nothing is read from the environment or the home folder, `sslrootcert=system` is refused, a
//! certificate names its host in `subjectAltName` (the common name does not count), and an authority's own certificate is none
//! of a server.
//!
//! This crate holds all TLS there is; it neither sends statements nor keeps connections. `address.rs` takes the address apart,
//! `tls.rs` checks certificates, `error.rs` says what went wrong.
//!
//! # Examples
//!
//! ```
//! use id_postgres::{Address, SslMode};
//!
//! let address = Address::parse("postgres://owner@db.example/shop?sslmode=require")?;
//! assert_eq!(address.ssl_mode(), SslMode::Require);
//!
//! let error = Address::parse("postgres://owner@db.example/shop?sslmode=verify-full").unwrap_err();
//! assert!(error.to_string().contains("sslrootcert"));
//! # Ok::<(), id_postgres::Error>(())
//! ```

#![forbid(unsafe_code)]

mod address;
mod tls;
mod error;

pub use self::address::{Address, SslMode, without_password};
pub use self::error::{Error, ErrorKind};
