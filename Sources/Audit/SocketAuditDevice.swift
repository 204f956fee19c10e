import Glibc

/// Sends records to a TCP or Unix socket, connecting again when the connection is lost.
package final class SocketAuditDevice: AuditDevice, @unchecked Sendable {
    // `@unchecked Sendable`: `descriptor` is touched only by `init`, `deinit`, `write` and `reopen`, and the last two
    // are called from one thread, one at a time, as `AuditDevice` demands.

    /// Where the records are sent.
    package enum Target: Sendable {
        /// A host (numeric address or name) and port.
        case tcp(host: String, port: String)
        /// The path of a Unix socket.
        case unix(String)
    }

    private let target: Target
    private let timeoutSeconds: Int
    private var descriptor: CInt

    /// Connects.
    ///
    /// - Parameters:
    ///   - target: where to.
    ///   - timeoutSeconds: how long one write may take.
    package init(_ target: Target, timeoutSeconds: Int = 2) throws(AuditError) {
        self.target = target
        self.timeoutSeconds = max(1, timeoutSeconds)
        descriptor = try Self.connect(target, self.timeoutSeconds)
    }

    deinit { close(descriptor) }

    package func write(_ lines: [UInt8]) throws(AuditError) {
        if send(lines) { return }
        try reopen()
        guard send(lines) else { throw AuditError("cannot write to the audit socket") }
    }

    package func reopen() throws(AuditError) {
        let fresh = try Self.connect(target, timeoutSeconds)
        close(descriptor)
        descriptor = fresh
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var done = 0
        while done < bytes.count {
            // MSG_NOSIGNAL: a peer that is gone is an error here, not a signal that ends the process.
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private static func connect(_ target: Target, _ timeout: Int) throws(AuditError) -> CInt {
        switch target {
        case .tcp(let host, let port): try connectTCP(host, port, timeout)
        case .unix(let path): try connectUnix(path, timeout)
        }
    }

    private static func connectTCP(_ host: String, _ port: String, _ timeout: Int) throws(AuditError) -> CInt {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // The list that the call makes is freed below; each entry is valid until then.
        guard unsafe getaddrinfo(host, port, &hints, &list) == 0 else {
            throw AuditError("cannot resolve the address of the audit socket")
        }
        defer { unsafe freeaddrinfo(list) }
        var entry = unsafe list
        while let address = unsafe entry {
            let info = unsafe address.pointee
            let type = unsafe info.ai_socktype | CInt(SOCK_CLOEXEC.rawValue)
            let descriptor = unsafe socket(info.ai_family, type, info.ai_protocol)
            if descriptor >= 0 {
                limit(descriptor, timeout)
                if unsafe Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
                close(descriptor)
            }
            unsafe entry = info.ai_next
        }
        throw AuditError("cannot connect to the audit socket")
    }

    private static func connectUnix(_ path: String, _ timeout: Int) throws(AuditError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else {
            throw AuditError("the path of the audit socket is too long")
        }
        // The path fits with its final zero, as checked above.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw AuditError("cannot make a socket for audit") }
        limit(descriptor, timeout)
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, length) == 0
            }
        }
        guard connected else {
            close(descriptor)
            throw AuditError("cannot connect to the audit socket")
        }
        return descriptor
    }

    private static func limit(_ descriptor: CInt, _ seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }
}
