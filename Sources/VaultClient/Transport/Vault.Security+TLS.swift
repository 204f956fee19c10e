internal import Glibc
internal import NIOSSL

extension Vault.Security {
    /// These settings as the TLS library takes them.
    ///
    /// - Returns: settings for a client.
    /// - Throws: ``VaultError`` with code ``VaultError/Code/configuration`` naming what cannot be used.
    func tlsConfiguration() throws(VaultError) -> TLSConfiguration {
        var result = TLSConfiguration.makeClientConfiguration()
        result.minimumTLSVersion = .tlsv12
        if skipsVerification {
            result.certificateVerification = .none
        }
        if let authorityFile {
            result.trustRoots = .certificates(try Self.certificates(in: authorityFile))
        } else if let authorityText {
            result.trustRoots = .certificates(try Self.certificates(of: authorityText))
        } else if let authorityFolder {
            result.trustRoots = .certificates(try Self.certificates(inFolder: authorityFolder))
        }
        switch (certificateFile, keyFile) {
        case (nil, nil): break
        case (let certificateFile?, let keyFile?):
            result.certificateChain = try Self.certificates(in: certificateFile).map { .certificate($0) }
            do {
                result.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            } catch {
                throw VaultError(.configuration, "no PEM private key could be read from \(keyFile)")
            }
        default:
            throw VaultError(.configuration, "a client certificate and its key must be given together")
        }
        return result
    }

    private static func certificates(in file: String) throws(VaultError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw VaultError(.configuration, "no PEM certificate could be read from \(file)")
        }
    }

    private static func certificates(of text: String) throws(VaultError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
        } catch {
            throw VaultError(.configuration, "the text of the authorities holds no PEM certificate")
        }
    }

    private static func certificates(inFolder folder: String) throws(VaultError) -> [NIOSSLCertificate] {
        var result: [NIOSSLCertificate] = []
        for file in try files(in: folder) {
            // A folder of authorities may hold other files beside them; those without a certificate are passed over.
            result += (try? certificates(in: file)) ?? []
        }
        guard !result.isEmpty else { throw VaultError(.configuration, "no PEM certificate was found in \(folder)") }
        return result
    }

    private static func files(in folder: String) throws(VaultError) -> [String] {
        guard let handle = unsafe opendir(folder) else {
            throw VaultError(.configuration, "the folder \(folder) cannot be read")
        }
        defer { unsafe closedir(handle) }
        var result: [String] = []
        while let entry = unsafe readdir(handle) {
            // d_name is an array of 256 bytes that readdir(3) ends with a zero.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
                unsafe String(decoding: unsafe $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.utf8.first != UInt8(ascii: ".") { result.append(folder + "/" + name) }
        }
        return result
    }
}
