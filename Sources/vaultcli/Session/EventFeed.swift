internal import Notation
internal import Synchronization
internal import VaultClient

/// A stream of events of the server, read in the background until it ends.
final class EventFeed: Sendable {
    /// After so long without a sign of life the stream is dead; the server gives one every 15 seconds.
    private static let patience = Duration.seconds(60)

    private struct State {
        var parser = ServerEventParser()
        var lastSign = ContinuousClock.now
        var failure: VaultError?
    }

    private let state = Mutex(State())
    private let events: AsyncStream<ServerEvent>
    private let continuation: AsyncStream<ServerEvent>.Continuation
    private let task: Mutex<Task<Void, Never>?>

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - vault: the server.
    ///   - request: asks for the stream.
    init(_ vault: Vault, _ request: VaultRequest) {
        (events, continuation) = AsyncStream.makeStream(of: ServerEvent.self)
        task = Mutex(nil)
        let work = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.read(vault, request) }
                group.addTask { await self.waitForSilence() }
                // Whichever ends first ends the other.
                await group.next()
                group.cancelAll()
            }
            continuation.finish()
        }
        task.withLock { $0 = work }
    }

    /// The next event.
    ///
    /// - Returns: `nil` when the stream has ended; see ``failure``.
    func next() async -> ServerEvent? {
        for await event in events { return event }
        return nil
    }

    /// Why the stream ended.
    var failure: VaultError? {
        get async {
            state.withLock { $0.failure }
        }
    }

    /// Ends the stream and waits until the connection is given back.
    func stop() async {
        let work = task.withLock { $0 }
        work?.cancel()
        await work?.value
    }

    private func read(_ vault: Vault, _ request: VaultRequest) async {
        do throws(VaultError) {
            _ = try await vault.download(request) { [self] bytes throws(VaultError) in
                let (events, isOversized) = state.withLock { state in
                    state.lastSign = .now
                    return (state.parser.take(bytes), state.parser.isOversized)
                }
                for event in events { continuation.yield(event) }
                if isOversized { throw VaultError(.oversized, "the server's stream is none of this API") }
            }
            end(with: VaultError(.unreachable, "the server ended the stream"))
        } catch {
            end(with: error)
        }
    }

    private func waitForSilence() async {
        while true {
            let idle = ContinuousClock.now - state.withLock { $0.lastSign }
            guard idle < Self.patience else {
                return end(with: VaultError(.timedOut, "the stream gives no sign of life"))
            }
            guard (try? await Task.sleep(for: Self.patience - idle)) != nil else { return }
        }
    }

    /// The first reason counts: what follows comes of it.
    private func end(with error: VaultError) {
        state.withLock { $0.failure = $0.failure ?? error }
    }
}
