/// What tokens need of the vault's keys. The barrier provides it while it is unsealed.
package protocol TokenCryptography: Sendable {
    /// The keyed hash (HMAC-SHA256) of a token's bytes, under which the token's record is stored; `nil` when sealed.
    func tokenHash(_ token: [UInt8]) -> [UInt8]?
    /// Encrypts the record of a batch token, which travels inside of the token; `nil` when sealed.
    func sealBatchToken(_ record: [UInt8]) -> [UInt8]?
    /// Decrypts and authenticates the record of a batch token; `nil` when it is not one of ours, or when sealed.
    func openBatchToken(_ sealed: [UInt8]) -> [UInt8]?
}
