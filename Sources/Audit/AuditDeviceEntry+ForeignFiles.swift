import Glibc
import Notation

extension AuditDeviceEntry {
    /// What each record begins with.
    private static let opening = Array(#"{"time":""#.utf8)

    /// The folders in which the system keeps what only looks like files.
    private static let systemFolders = ["/proc/", "/sys/", "/dev/"]

    /// Refuses the file of a device that comes by the API when records would not be alone in it: whoever may enable
    /// devices must not reach into other files with them (CVE-2025-6000).
    ///
    /// A path is taken as it is written: absolute, without `..`, and not a symbolic link. A file that is there must be
    /// empty or begin with a record.
    ///
    /// - Throws: `AuditError` with the reason.
    package func checkFile() throws(AuditError) {
        guard type == "file", let path = option("file_path") ?? option("path") else { return }
        if [FileAuditDevice.standardOutput, "/dev/stdout", "/dev/null"].contains(where: { $0.bytesEqual(to: path) }) {
            return
        }
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw AuditError("file_path must be absolute and without control characters")
        }
        let parts = path.utf8.split(separator: UInt8(ascii: "/"))
        let isSystem = Self.systemFolders.contains { path.utf8.starts(with: $0.utf8) }
        guard !isSystem, !parts.contains(where: { $0.elementsEqual("..".utf8) }) else {
            throw AuditError("file_path must not lead out of its folder, or into those of the system")
        }
        var status = stat()
        // The structure is the one the call fills.
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 || Self.beginsWithRecord(path) else {
            throw AuditError("file_path is taken by something that is not a file of audit records")
        }
    }

    private static func beginsWithRecord(_ path: String) -> Bool {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: opening.count)
        // The buffer is as long as what is asked for.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        return count == opening.count && bytes == opening
    }
}
