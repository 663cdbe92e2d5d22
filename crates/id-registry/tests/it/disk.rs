//! A disk that can lose power or be full: a layer of `SQLite` that knows which bytes were flushed.
//!
//! It keeps two states of each file: what a reader sees, which is the real file, and what a disk would still have after a
//! power cut: the bytes as of the last flush, with any part of the later writes, torn at sectors, since a disk may write in any
//! order.
#![expect(unsafe_code, reason = "a layer of SQLite is a table of C functions")]
#![expect(clippy::disallowed_methods, reason = "the files of a test have no reader to protect")]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::ffi;

/// The name of the layer.
pub(crate) const NAME: &str = "id_registry_test_disk";

const SECTOR_BYTES: usize = 512;

#[derive(Default)]
struct Disk {
    files: HashMap<String, Image>,
    /// Bytes that still fit, by the beginning of a path.
    room: HashMap<String, usize>,
    /// Folders whose flushes do nothing, though they say that they did.
    liars: Vec<String>,
}

#[derive(Default)]
struct Image {
    flushed: Vec<u8>,
    later: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

fn disk() -> MutexGuard<'static, Disk> {
    static DISK: OnceLock<Mutex<Disk>> = OnceLock::new();
    DISK.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the layer known to `SQLite`; to be called before the first use.
pub(crate) fn install() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: SQLite is initialised by the look-up, and the default layer lives for ever.
        let real = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
        assert!(!real.is_null(), "SQLite has a default layer");
        // SAFETY: the struct is plain data, and copying its function pointers is how layers are stacked.
        let mut layer = unsafe { std::ptr::read(real) };
        layer.zName = c"id_registry_test_disk".as_ptr();
        layer.szOsFile += c_int::try_from(size_of::<File>()).unwrap();
        layer.pNext = std::ptr::null_mut();
        layer.xOpen = Some(open);
        layer.xDelete = Some(delete);
        let layer = Box::leak(Box::new(layer));
        // SAFETY: the struct is leaked, so that it outlives SQLite.
        let code = unsafe { ffi::sqlite3_vfs_register(layer, 0) };
        assert_eq!(code, ffi::SQLITE_OK);
    });
}

/// Lets only so many more bytes be written below a folder; none is without limit.
pub(crate) fn set_room(folder: &Path, bytes: Option<usize>) {
    let folder = folder.display().to_string();
    match bytes {
        Some(bytes) => disk().room.insert(folder, bytes),
        None => disk().room.remove(&folder),
    };
}

/// Lets flushes below a folder do nothing: what a disk with a lying cache does.
pub(crate) fn lie(folder: &Path) {
    disk().liars.push(folder.display().to_string());
}

/// Writes to a folder what the disk would have after a power cut at this moment.
pub(crate) fn cut_power(folder: &Path, to: &Path, seed: u64) {
    let mut random = seed | 1;
    let mut coin = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 63 == 1
    };
    let files: Vec<(String, Image)> = {
        let disk = disk();
        let below = disk.files.iter().filter(|(path, _)| Path::new(path).starts_with(folder));
        below
            .map(|(path, image)| {
                let copy = Image { flushed: image.flushed.clone(), later: image.later.clone() };
                (path.clone(), copy)
            })
            .collect()
    };
    for (path, mut image) in files {
        for change in std::mem::take(&mut image.later) {
            match change {
                Change::Truncate(len) if coin() => image.flushed.resize(len, 0),
                Change::Truncate(_) => {}
                Change::Write(at, bytes) => {
                    // Each sector is there or is not.
                    for (number, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
                        if coin() {
                            put(&mut image.flushed, at + number * SECTOR_BYTES, sector);
                        }
                    }
                }
            }
        }
        let name = Path::new(&path).file_name().unwrap();
        std::fs::write(to.join(name), image.flushed).unwrap();
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    if bytes.len() < at + part.len() {
        bytes.resize(at + part.len(), 0);
    }
    bytes[at..at + part.len()].copy_from_slice(part);
}

/// An open file: ours, and behind it the real one.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// The path, leaked; null for files without a name.
    path: *const String,
}

fn real_of(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite gave room for both, one behind the other.
    unsafe { file.cast::<File>().add(1).cast() }
}

fn path_of(file: *mut ffi::sqlite3_file) -> Option<&'static str> {
    // SAFETY: the path was leaked when the file was opened, or is null.
    unsafe { (*file.cast::<File>()).path.as_ref().map(String::as_str) }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe extern "C" fn open(
    _layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls this with a file that has room for ours and the real one.
    unsafe {
        let real_layer = ffi::sqlite3_vfs_find(std::ptr::null());
        (*file).pMethods = std::ptr::null();
        let Some(open) = (*real_layer).xOpen else { return ffi::SQLITE_CANTOPEN };
        let code = open(real_layer, name, real_of(file), flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        let mut path = std::ptr::null();
        if !name.is_null() {
            let text = CStr::from_ptr(name).to_string_lossy().into_owned();
            let mut disk = disk();
            if !disk.files.contains_key(&text) {
                let flushed = std::fs::read(&text).unwrap_or_default();
                disk.files.insert(text.clone(), Image { flushed, later: Vec::new() });
            }
            path = Box::leak(Box::new(text));
        }
        (*file.cast::<File>()).path = path;
        (*file).pMethods = &raw const METHODS;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(
    _layer: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite hands over a path; the real layer lives for ever.
    unsafe {
        let real_layer = ffi::sqlite3_vfs_find(std::ptr::null());
        disk().files.remove(&*CStr::from_ptr(name).to_string_lossy());
        match (*real_layer).xDelete {
            Some(delete) => delete(real_layer, name, sync_folder),
            None => ffi::SQLITE_IOERR,
        }
    }
}

/// Calls a function of the real file.
macro_rules! real {
    ($file:expr, $function:ident $(, $argument:expr)*) => {{
        let real = real_of($file);
        // SAFETY: the real file was opened by the real layer, and its table has every function of its version.
        unsafe {
            match (*(*real).pMethods).$function {
                Some(function) => function(real $(, $argument)*),
                None => ffi::SQLITE_IOERR,
            }
        }
    }};
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    real!(file, xClose)
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    len: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    real!(file, xRead, to, len, at)
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    len: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let Some(path) = path_of(file) else { return real!(file, xWrite, from, len, at) };
    let mut disk = disk();
    let (len_bytes, place) = (usize::try_from(len).unwrap(), usize::try_from(at).unwrap());
    let room = disk.room.iter_mut().find(|(folder, _)| path.starts_with(folder.as_str()));
    if let Some((_, room)) = room {
        match room.checked_sub(len_bytes) {
            Some(left) => *room = left,
            None => return ffi::SQLITE_FULL,
        }
    }
    // SAFETY: SQLite hands over that many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), len_bytes) };
    let code = real!(file, xWrite, from, len, at);
    if code == ffi::SQLITE_OK
        && let Some(image) = disk.files.get_mut(path)
    {
        image.later.push(Change::Write(place, bytes.to_vec()));
    }
    code
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: ffi::sqlite3_int64) -> c_int {
    let mut disk = disk();
    if let Some(image) = path_of(file).and_then(|path| disk.files.get_mut(path)) {
        image.later.push(Change::Truncate(usize::try_from(len).unwrap()));
    }
    real!(file, xTruncate, len)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    let Some(path) = path_of(file) else { return ffi::SQLITE_OK };
    let mut disk = disk();
    if disk.liars.iter().any(|folder| path.starts_with(folder.as_str())) {
        return ffi::SQLITE_OK;
    }
    if let Some(image) = disk.files.get_mut(path) {
        for change in std::mem::take(&mut image.later) {
            match change {
                Change::Write(at, bytes) => put(&mut image.flushed, at, &bytes),
                Change::Truncate(len) => image.flushed.resize(len, 0),
            }
        }
    }
    // The real disk need not flush: the power cut is ours.
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    real!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    real!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    real!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    real!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn file_control(
    file: *mut ffi::sqlite3_file,
    what: c_int,
    argument: *mut c_void,
) -> c_int {
    real!(file, xFileControl, what, argument)
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    real!(file, xSectorSize)
}

/// A disk of which nothing is known: without this, `SQLite` relies on more than the simulation gives.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    real!(file, xShmMap, page, size, extend, out)
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    at: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    real!(file, xShmLock, at, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    let real = real_of(file);
    // SAFETY: as in `real!`.
    unsafe {
        if let Some(function) = (*(*real).pMethods).xShmBarrier {
            function(real);
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    real!(file, xShmUnmap, delete)
}
