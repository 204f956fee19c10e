internal import Notation
internal import VaultClient

extension Session {
    /// Shows the answer to an override: what is so for a while, and until when.
    ///
    /// - Parameters:
    ///   - response: the server's answer.
    ///   - told: what is so, for people.
    /// - Throws: ``Failure`` when the answer cannot be read.
    func show(override response: VaultResponse, _ told: String) throws(Failure) {
        let lease = response.body.isEmpty ? "" : try secret(response).leaseID
        try show(response) { answer in
            let end = CellText.field(answer["expire_time"] ?? "")
            let id = lease.isEmpty ? CellText.field(answer["lease_id"] ?? "") : lease
            return CellText.printable("Success! \(told) until \(end), or until lease \(id) ends")
        }
    }
}
