import NIOCore
import NIOSSL
import Synchronization

/// The certificate that new connections are served with. It can be replaced while the server runs.
final class TLSCredentials: Sendable {
    private let files: ServerConfiguration.TLS
    private let current: Mutex<NIOSSLContext>

    /// Reads the files.
    init(_ files: ServerConfiguration.TLS) throws {
        self.files = files
        current = Mutex(try Self.context(files))
    }

    /// What a new connection uses.
    var context: NIOSSLContext { current.withLock { $0 } }

    /// Reads the files again. When they cannot be used, the old certificate stays.
    func reload() throws {
        let fresh = try Self.context(files)
        current.withLock { $0 = fresh }
    }

    private static func context(_ files: ServerConfiguration.TLS) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificateFile).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.keyFile, format: .pem)))
        tls.minimumTLSVersion = files.allowsTLS12 ? .tlsv12 : .tlsv13
        tls.applicationProtocols = ["h2", "http/1.1"]
        tls.shutdownTimeout = .seconds(1)
        if let file = files.clientCAFile {
            tls.trustRoots = .file(file)
            tls.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: tls)
    }
}
