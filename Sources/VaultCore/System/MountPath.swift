import EngineKit

/// The checks on a path at which something is to be mounted.
enum MountPath {
    /// Paths that belong to the vault itself.
    static let reserved = ["auth/", "sys/", "cubbyhole/", "identity/", "audit/", "pulse/"]

    /// The mount path for the bytes behind `sys/mounts/`, with its trailing slash.
    static func checked(_ bytes: [UInt8]) throws(EngineError) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        let path = bytes.last == slash ? bytes : bytes + [slash]
        let text = String(decoding: path.dropLast(), as: UTF8.self)
        guard path.count > 1 else { throw .invalid("missing path") }
        if path.first == 0x20 || path.dropLast().last == 0x20 {
            throw .invalid("'path' cannot contain leading or trailing whitespace")
        }
        if path.contains(UInt8(ascii: "*")) || path.contains(UInt8(ascii: "+")) {
            throw .invalid("mount path \"\(text)/\" cannot contain '*' or '+'")
        }
        do throws(RequestPath.Fault) {
            // A path out of a body has not been through the checks that a request's own path has been through.
            _ = try RequestPath(checking: path)
        } catch .emptySegment {
            throw .invalid("path '\(text)' does not match cleaned path")
        } catch {
            throw .invalid(error.message)
        }
        for name in reserved where path.starts(with: name.utf8) { throw .invalid("cannot mount \"\(text)/\"") }
        return path
    }
}
