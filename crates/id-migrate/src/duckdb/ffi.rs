//! libduckdb, loaded at run time: a connection that runs statements and hands out rows of text.
//!
//! The only module of this crate with `unsafe`. Every query casts its columns to VARCHAR, and a result with another type is
//! refused before a byte of it is read, so that one kind of vector has to be understood. Without the feature `duckdb` this
//! module is not there.
#![expect(unsafe_code, reason = "functions of a C library that is found at run time")]

use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;
use std::sync::Arc;

use libloading::{Library, Symbol};

use crate::error::{ErrorKind, MigrateError, Result};

/// `duckdb_result` of `duckdb.h`.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawResult {
    deprecated: [u64; 3],
    deprecated_columns: *mut c_void,
    deprecated_error: *mut c_char,
    internal: *mut c_void,
}

impl RawResult {
    const EMPTY: Self = Self {
        deprecated: [0; 3],
        deprecated_columns: std::ptr::null_mut(),
        deprecated_error: std::ptr::null_mut(),
        internal: std::ptr::null_mut(),
    };
}

/// `duckdb_string_t`: a length, and either twelve bytes or four of them and a pointer.
#[repr(C)]
#[derive(Clone, Copy)]
struct RawString {
    length: u32,
    prefix: [u8; 4],
    rest: RawRest,
}

#[repr(C)]
#[derive(Clone, Copy)]
union RawRest {
    inlined: [u8; 8],
    pointer: *const u8,
}

/// The longest text that stands in the string itself.
const INLINED: u32 = 12;
/// `DUCKDB_TYPE_VARCHAR`.
const VARCHAR: u32 = 17;
/// `DuckDBSuccess`.
const SUCCESS: u32 = 0;

type Handle = *mut c_void;

struct Api {
    open_ext: unsafe extern "C" fn(*const c_char, *mut Handle, Handle, *mut *mut c_char) -> u32,
    close: unsafe extern "C" fn(*mut Handle),
    connect: unsafe extern "C" fn(Handle, *mut Handle) -> u32,
    disconnect: unsafe extern "C" fn(*mut Handle),
    query: unsafe extern "C" fn(Handle, *const c_char, *mut RawResult) -> u32,
    destroy_result: unsafe extern "C" fn(*mut RawResult),
    result_error: unsafe extern "C" fn(*mut RawResult) -> *const c_char,
    column_count: unsafe extern "C" fn(*mut RawResult) -> u64,
    column_type: unsafe extern "C" fn(*mut RawResult, u64) -> u32,
    fetch_chunk: unsafe extern "C" fn(RawResult) -> Handle,
    destroy_data_chunk: unsafe extern "C" fn(*mut Handle),
    data_chunk_get_size: unsafe extern "C" fn(Handle) -> u64,
    data_chunk_get_vector: unsafe extern "C" fn(Handle, u64) -> Handle,
    vector_get_data: unsafe extern "C" fn(Handle) -> *mut c_void,
    vector_get_validity: unsafe extern "C" fn(Handle) -> *mut u64,
    validity_row_is_valid: unsafe extern "C" fn(*mut u64, u64) -> bool,
    appender_create_ext: unsafe extern "C" fn(
        Handle,
        *const c_char,
        *const c_char,
        *const c_char,
        *mut Handle,
    ) -> u32,
    appender_error: unsafe extern "C" fn(Handle) -> *const c_char,
    append_varchar_length: unsafe extern "C" fn(Handle, *const c_char, u64) -> u32,
    append_null: unsafe extern "C" fn(Handle) -> u32,
    appender_end_row: unsafe extern "C" fn(Handle) -> u32,
    appender_close: unsafe extern "C" fn(Handle) -> u32,
    appender_destroy: unsafe extern "C" fn(*mut Handle) -> u32,
    free: unsafe extern "C" fn(*mut c_void),
    /// Dropped last: the functions above lie in it.
    _library: Library,
}

impl Api {
    fn load(path: &Path) -> Result<Self> {
        let missing = |error| {
            MigrateError::environment(
                format!(
                    "libduckdb cannot be loaded from {}: name the library with `--duckdb-library` or UNIFIED_ID_LIBDUCKDB",
                    path.display()
                ),
                error,
            )
        };
        // SAFETY: loading runs the library's initialisers; which library that is, the user says.
        let library = unsafe { Library::new(path) }.map_err(missing)?;
        macro_rules! symbol {
            ($name:literal) => {{
                // SAFETY: the types of the fields above are those of `duckdb.h`, stable since version 1.0; the pointer is
                // used only while `_library` lives.
                let symbol: Symbol<'_, _> =
                    unsafe { library.get(concat!("duckdb_", $name, "\0").as_bytes()) }
                        .map_err(missing)?;
                *symbol
            }};
        }
        Ok(Self {
            open_ext: symbol!("open_ext"),
            close: symbol!("close"),
            connect: symbol!("connect"),
            disconnect: symbol!("disconnect"),
            query: symbol!("query"),
            destroy_result: symbol!("destroy_result"),
            result_error: symbol!("result_error"),
            column_count: symbol!("column_count"),
            column_type: symbol!("column_type"),
            fetch_chunk: symbol!("fetch_chunk"),
            destroy_data_chunk: symbol!("destroy_data_chunk"),
            data_chunk_get_size: symbol!("data_chunk_get_size"),
            data_chunk_get_vector: symbol!("data_chunk_get_vector"),
            vector_get_data: symbol!("vector_get_data"),
            vector_get_validity: symbol!("vector_get_validity"),
            validity_row_is_valid: symbol!("validity_row_is_valid"),
            appender_create_ext: symbol!("appender_create_ext"),
            appender_error: symbol!("appender_error"),
            append_varchar_length: symbol!("append_varchar_length"),
            append_null: symbol!("append_null"),
            appender_end_row: symbol!("appender_end_row"),
            appender_close: symbol!("appender_close"),
            appender_destroy: symbol!("appender_destroy"),
            free: symbol!("free"),
            _library: library,
        })
    }
}

/// Returns the text behind a pointer of the library, or nothing.
fn said(text: *const c_char) -> String {
    if text.is_null() {
        return "no reason was given".to_owned();
    }
    // SAFETY: the library hands out texts that end in NUL and live until their owner is destroyed, which is after this.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

fn refused(text: &str) -> MigrateError {
    let is_lock = text.contains("Could not set lock") || text.contains("Conflicting lock");
    let kind = if is_lock { ErrorKind::Busy } else { ErrorKind::Stopped };
    let first = text.lines().next().unwrap_or_default();
    MigrateError::new(kind, format!("DuckDB refused: {first}"))
}

fn c_text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| MigrateError::usage("a statement cannot hold a NUL"))
}

/// A connection to a database in memory, to which files are attached.
pub(super) struct Duck {
    api: Arc<Api>,
    database: Handle,
    connection: Handle,
}

impl std::fmt::Debug for Duck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Duck").finish_non_exhaustive()
    }
}

/// A row: each column as its text, or NULL.
pub(super) type Cells<'a> = [Option<&'a [u8]>];

impl Duck {
    /// Loads the library and opens an empty database in memory.
    pub(super) fn open(library: &Path) -> Result<Self> {
        let api = Arc::new(Api::load(library)?);
        let mut duck =
            Self { api, database: std::ptr::null_mut(), connection: std::ptr::null_mut() };
        let mut error = std::ptr::null_mut();
        // SAFETY: a null path means memory, a null configuration the defaults; both out-pointers are ours.
        let state = unsafe {
            (duck.api.open_ext)(
                std::ptr::null(),
                &raw mut duck.database,
                std::ptr::null_mut(),
                &raw mut error,
            )
        };
        if state != SUCCESS {
            let text = said(error);
            // SAFETY: the library allocated the message for us; freeing null is allowed.
            unsafe { (duck.api.free)(error.cast()) };
            return Err(refused(&text));
        }
        // SAFETY: the database was opened above.
        if unsafe { (duck.api.connect)(duck.database, &raw mut duck.connection) } != SUCCESS {
            return Err(refused("no connection"));
        }
        Ok(duck)
    }

    /// Runs statements and throws their results away.
    pub(super) fn execute(&self, sql: &str) -> Result<()> {
        self.run(sql).map(drop)
    }

    /// Hands out the rows of a query, all of whose columns are VARCHAR, until `each` has enough.
    pub(super) fn each(
        &self,
        sql: &str,
        each: &mut dyn FnMut(&Cells<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut result = self.run(sql)?;
        let api = &self.api;
        // SAFETY: the result is alive until the end of this function.
        let columns = unsafe { (api.column_count)(&raw mut result.raw) };
        for column in 0..columns {
            // SAFETY: as above, and the column is one of the result.
            if unsafe { (api.column_type)(&raw mut result.raw, column) } != VARCHAR {
                return Err(refused("invariant: every column of a query is VARCHAR"));
            }
        }
        loop {
            // SAFETY: the result is passed by value as `duckdb.h` says, and stays ours.
            let handle = unsafe { (api.fetch_chunk)(result.raw) };
            if handle.is_null() {
                return Ok(());
            }
            let chunk = Chunk { api, handle };
            // SAFETY: the chunk is alive until it is dropped at the end of this round.
            let rows = unsafe { (api.data_chunk_get_size)(chunk.handle) };
            if rows == 0 {
                return Ok(());
            }
            let vectors: Vec<(*const RawString, *mut u64)> = (0..columns)
                .map(|column| {
                    // SAFETY: the column is one of the chunk; its data are strings, as its type was compared above.
                    unsafe {
                        let vector = (api.data_chunk_get_vector)(chunk.handle, column);
                        let data = (api.vector_get_data)(vector).cast_const().cast();
                        (data, (api.vector_get_validity)(vector))
                    }
                })
                .collect();
            for row in 0..rows {
                let cells: Vec<Option<&[u8]>> =
                    vectors.iter().map(|vector| chunk.text(*vector, row)).collect();
                if !each(&cells)? {
                    return Ok(());
                }
            }
        }
    }

    fn run(&self, sql: &str) -> Result<QueryResult<'_>> {
        let sql = c_text(sql)?;
        let mut result = QueryResult { api: &self.api, raw: RawResult::EMPTY };
        // SAFETY: connection, text and result are alive; the result is destroyed by its drop, also after an error.
        let state = unsafe { (self.api.query)(self.connection, sql.as_ptr(), &raw mut result.raw) };
        if state == SUCCESS {
            return Ok(result);
        }
        // SAFETY: the result of a failed query holds its message.
        Err(refused(&said(unsafe { (self.api.result_error)(&raw mut result.raw) })))
    }

    /// Appends rows of texts to a table of an attached database, in schema `main`.
    pub(super) fn append(
        &self,
        catalog: &str,
        table: &str,
        rows: &[Vec<Option<String>>],
    ) -> Result<()> {
        let names = [c_text(catalog)?, c_text("main")?, c_text(table)?];
        let mut appender = Appender { api: &self.api, handle: std::ptr::null_mut() };
        let api = &self.api;
        // SAFETY: connection and names are alive; the appender is destroyed by its drop, also after an error.
        let state = unsafe {
            (api.appender_create_ext)(
                self.connection,
                names[0].as_ptr(),
                names[1].as_ptr(),
                names[2].as_ptr(),
                &raw mut appender.handle,
            )
        };
        appender.check(state)?;
        for row in rows {
            for cell in row {
                // SAFETY: the text is alive during the call, which copies it.
                let state = unsafe {
                    match cell {
                        Some(text) => (api.append_varchar_length)(
                            appender.handle,
                            text.as_ptr().cast(),
                            text.len() as u64,
                        ),
                        None => (api.append_null)(appender.handle),
                    }
                };
                appender.check(state)?;
            }
            // SAFETY: the appender is alive.
            let state = unsafe { (api.appender_end_row)(appender.handle) };
            appender.check(state)?;
        }
        // SAFETY: as above; closing writes what is left.
        let state = unsafe { (api.appender_close)(appender.handle) };
        appender.check(state)
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        // SAFETY: both handles are ours and are not used again; null is allowed.
        unsafe {
            (self.api.disconnect)(&raw mut self.connection);
            (self.api.close)(&raw mut self.database);
        }
    }
}

struct QueryResult<'a> {
    api: &'a Api,
    raw: RawResult,
}

impl Drop for QueryResult<'_> {
    fn drop(&mut self) {
        // SAFETY: the result is ours and is not used again.
        unsafe { (self.api.destroy_result)(&raw mut self.raw) };
    }
}

struct Chunk<'a> {
    api: &'a Api,
    handle: Handle,
}

impl Chunk<'_> {
    /// Returns a text of a vector of this chunk; it lives as long as the chunk.
    fn text(&self, (data, validity): (*const RawString, *mut u64), row: u64) -> Option<&[u8]> {
        // SAFETY: the row is one of the chunk. A missing mask means that every row is valid. A valid row is a string whose
        // bytes stand in it, or at its pointer for as long as the chunk is alive.
        unsafe {
            if !validity.is_null() && !(self.api.validity_row_is_valid)(validity, row) {
                return None;
            }
            let string: &RawString = &*data.add(usize::try_from(row).ok()?);
            let length = usize::try_from(string.length).ok()?;
            let start = if string.length <= INLINED {
                (&raw const string.prefix).cast::<u8>()
            } else {
                string.rest.pointer
            };
            Some(std::slice::from_raw_parts(start, length))
        }
    }
}

impl Drop for Chunk<'_> {
    fn drop(&mut self) {
        // SAFETY: the chunk is ours and is not used again.
        unsafe { (self.api.destroy_data_chunk)(&raw mut self.handle) };
    }
}

struct Appender<'a> {
    api: &'a Api,
    handle: Handle,
}

impl Appender<'_> {
    fn check(&self, state: u32) -> Result<()> {
        if state == SUCCESS {
            return Ok(());
        }
        // SAFETY: the appender is alive, or null, for which there is no message.
        Err(refused(&said(unsafe { (self.api.appender_error)(self.handle) })))
    }
}

impl Drop for Appender<'_> {
    fn drop(&mut self) {
        // SAFETY: the appender is ours and is not used again; what it could not write was said before.
        unsafe { (self.api.appender_destroy)(&raw mut self.handle) };
    }
}
