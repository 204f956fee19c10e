import Dispatch
import EngineKit
import Notation
package import VaultCrypto

/// All audit devices of a moment: a record counts when at least one of them has taken it.
///
/// Without devices nothing is recorded. Once there is a device, nothing happens that none of them has recorded.
package struct AuditBroker: Sendable {
    /// A device that is open, with what makes its records.
    package struct OpenDevice: Sendable {
        /// What is configured.
        package let entry: AuditDeviceEntry
        let text: AuditEntryText
        let lane: AuditLane

        /// Opens the device that an entry describes.
        ///
        /// - Parameter signer: the key that signs checkpoints.
        package init(_ entry: AuditDeviceEntry, signer: SigningKey) throws(AuditError) {
            try self.init(entry, device: try entry.open(), signer: signer)
        }

        /// Takes a device that is open already.
        ///
        /// - Parameters:
        ///   - signer: the key that signs checkpoints.
        ///   - deadlineMilliseconds: how long a record may take before the device counts as failed.
        package init(
            _ entry: AuditDeviceEntry, device: any AuditDevice, signer: SigningKey, deadlineMilliseconds: Int = 2_000
        ) throws(AuditError) {
            self.entry = entry
            let salt: SecretBytes
            do throws(CryptoError) {
                let bytes = Array(entry.salt.utf8)
                salt = try SecretBytes(copying: bytes.span)
            } catch {
                throw AuditError("no protected memory for the salt of an audit device")
            }
            // Devices of the configuration come unchecked; what cannot be read there never shows more.
            text = AuditEntryText(
                redactor: try Redactor(salt: salt, isRaw: (try? entry.flag("log_raw")) ?? false),
                hashesAccessors: (try? entry.flag("hmac_accessor")) ?? true,
                elidesListings: (try? entry.flag("elide_list_responses")) ?? false)
            let chain = AuditTail.chain(of: entry) ?? HashChain(deviceID: entry.salt)
            lane = AuditLane(
                device: device, chain: chain, signer: signer, name: entry.path,
                deadline: .milliseconds(deadlineMilliseconds))
        }
    }

    /// The open devices.
    package let devices: [OpenDevice]

    /// Makes a broker.
    package init(_ devices: [OpenDevice] = []) { self.devices = devices }

    /// Whether anything is recorded.
    package var isEnabled: Bool { !devices.isEmpty }

    /// Records a request, before it is carried out.
    ///
    /// - Throws: `AuditError` when no device took the record; the request must not be carried out then.
    package func record(_ request: AuditedRequest) async throws(AuditError) {
        try await record { $0.text.request(request) }
    }

    /// Records an answer, before it is sent.
    ///
    /// - Throws: `AuditError` when no device took the record; the answer must not be sent then.
    package func record(_ request: AuditedRequest, answered response: AuditedResponse) async throws(AuditError) {
        try await record { $0.text.response(request, response) }
    }

    /// Records requests with their answers together, without waiting: for requests that have no effect before their
    /// answer is sent.
    ///
    /// - Parameter done: hears once whether all were recorded; no answer must be sent when they were not. It is called
    ///   on a thread of a device, and must be short.
    package func record(
        _ exchanges: [(request: AuditedRequest, response: AuditedResponse)], done: @escaping @Sendable (Bool) -> Void
    ) {
        submit({ device in exchanges.flatMap { device.text.both($0.request, $0.response) } }) { done($0 == nil) }
    }

    /// Whether another broker has the same open devices.
    package func hasSameDevices(as other: AuditBroker) -> Bool {
        devices.count == other.devices.count && zip(devices, other.devices).allSatisfy { $0.lane === $1.lane }
    }

    /// Opens all files again, after they were moved away.
    package func reopen() async {
        for device in devices {
            // A device that cannot be reopened fails at its next record, which is where it counts.
            try? await device.lane.reopen()
        }
    }

    private func record(_ text: (OpenDevice) -> [UInt8]) async throws(AuditError) {
        let failure = await withCheckedContinuation { continuation in
            submit({ [text($0)] }) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    /// Gives each device its records. All devices work at the same time, so that a slow one costs its own deadline and
    /// no more.
    ///
    /// - Parameter done: hears, when all devices have answered, `nil` if one of them has taken the records.
    private func submit(_ texts: (OpenDevice) -> [[UInt8]], done: @escaping @Sendable (AuditError?) -> Void) {
        let replies = devices.map { $0.lane.submit(texts($0)) }
        guard !replies.isEmpty else { return done(nil) }
        let tally = RecordTally(devices: replies.count, done: done)
        for reply in replies { reply.whenCompleted { tally.note($0) } }
    }
}

extension AuditBroker.OpenDevice {
    /// The hash that this device writes for a value.
    package func hash(_ value: String) -> String { text.redactor.digest(Array(value.utf8)) }
}
