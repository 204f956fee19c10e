internal import Glibc
internal import Notation

/// The source files below a folder.
///
/// Left out are folders of version control, of dependencies and of build results; links, which may lead anywhere; files
/// that are too large to have been written by hand; and files that hold a zero byte near their beginning, which are no
/// text.
enum SourceTree {
    /// Folders that hold nothing written by hand.
    static let skippedFolders = [
        ".build", ".git", ".gradle", ".hg", ".idea", ".next", ".nuxt", ".svn", ".swiftpm", ".tox", ".venv", ".yarn",
        "DerivedData", "Pods", "__pycache__", "build", "dist", "node_modules", "obj", "out", "target", "vendor",
        "venv",
    ]

    /// The largest file that is read, in bytes.
    static let greatestSize = 4 * 1024 * 1024

    /// How many bytes of a file are looked at to tell whether it is text.
    private static let sampleSize = 8 * 1024

    /// The files below a folder.
    ///
    /// - Parameter root: the folder; a file is the only one.
    /// - Returns: paths that begin with the folder's, in the order of their bytes.
    /// - Throws: ``Failure`` with status 1 when the folder or one in it cannot be read.
    static func files(below root: String) throws(Failure) -> [String] {
        var result: [String] = []
        // A list of folders still to visit instead of recursion: their depth comes from outside.
        var folders: [String] = []
        switch kind(of: root, followingLinks: true) {
        case .folder: folders.append(root)
        case .file: return [root]
        case .other: throw .usage("There is no folder \(root)")
        }
        while let folder = folders.popLast() {
            for name in try names(in: folder) {
                let path = folder.utf8.last == UInt8(ascii: "/") ? folder + name : "\(folder)/\(name)"
                switch kind(of: path, followingLinks: false) {
                case .folder:
                    if !skippedFolders.contains(where: { $0.bytesEqual(to: name) }) { folders.append(path) }
                case .file: result.append(path)
                case .other: break
                }
            }
        }
        return result.sorted { ByteOrder.precedes($0, $1) }
    }

    /// The text of a source file.
    ///
    /// - Parameter path: the file's path.
    /// - Returns: its bytes, or `nil` when it is too large or no text.
    /// - Throws: ``Failure`` with status 1 when it cannot be read.
    static func text(of path: String) throws(Failure) -> [UInt8]? {
        guard try LocalFile.size(of: path) <= greatestSize else { return nil }
        let bytes = try LocalFile.contents(of: path)
        return bytes.prefix(sampleSize).contains(0) ? nil : bytes
    }

    private enum Kind {
        case folder, file, other
    }

    private static func kind(of path: String, followingLinks: Bool) -> Kind {
        var status = stat()
        let result = unsafe followingLinks ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        guard let handle = unsafe opendir(folder) else {
            throw .usage("Cannot open \(folder): \(LocalFile.reason())")
        }
        defer { unsafe closedir(handle) }
        var result: [String] = []
        // The entry and its name live until the next call on the same handle, and are copied before it.
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    unsafe String(cString: $0)
                }
            }
            if !name.bytesEqual(to: "."), !name.bytesEqual(to: "..") { result.append(name) }
        }
        return result
    }
}
