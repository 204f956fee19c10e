import Testing

@testable import VaultCrypto

@Suite struct SecretStreamTests {
    private let chunks = [text("first"), [], text("third and last")]

    /// A stream of all chunks, each with its index as associated data.
    private func written(_ key: borrowing SecretBytes) throws -> (header: [UInt8], chunks: [[UInt8]]) {
        var encryptor = try SecretStreamEncryptor(key: key)
        var sealed: [[UInt8]] = []
        for (index, chunk) in chunks.enumerated() {
            sealed.append(
                try encryptor.push(
                    chunk, associated: [UInt8(index)], isFinal: index == chunks.count - 1))
        }
        return (encryptor.header.array, sealed)
    }

    @Test func aStreamReadsBack() throws {
        let key = try SecretBytes(random: 32)
        let stream = try written(key)
        var decryptor = try SecretStreamDecryptor(key: key, header: stream.header)
        for (index, chunk) in stream.chunks.enumerated() {
            #expect(chunk.count == chunks[index].count + SecretStream.chunkOverhead)
            let (plaintext, isFinal) = try decryptor.pull(chunk, associated: [UInt8(index)])
            #expect(plaintext == chunks[index])
            #expect(isFinal == (index == 2))
        }
        let isFinished = decryptor.isFinished
        #expect(isFinished)
    }

    @Test func aTruncatedStreamNeverSaysFinal() throws {
        let key = try SecretBytes(random: 32)
        let stream = try written(key)
        var decryptor = try SecretStreamDecryptor(key: key, header: stream.header)
        _ = try decryptor.pull(stream.chunks[0], associated: [0])
        _ = try decryptor.pull(stream.chunks[1], associated: [1])
        let isFinished = decryptor.isFinished
        #expect(!isFinished)
    }

    @Test func chunksOutOfOrderOrRepeatedAreRefused() throws {
        let key = try SecretBytes(random: 32)
        let stream = try written(key)
        var decryptor = try SecretStreamDecryptor(key: key, header: stream.header)
        expectFailure(.authenticationFailed, &decryptor, stream.chunks[1], [1])
        _ = try decryptor.pull(stream.chunks[0], associated: [0])
        expectFailure(.authenticationFailed, &decryptor, stream.chunks[0], [0])
        expectFailure(.authenticationFailed, &decryptor, stream.chunks[2], [2])
        _ = try decryptor.pull(stream.chunks[1], associated: [1])
    }

    @Test func everyFlippedByteOfAChunkIsRefused() throws {
        let key = try SecretBytes(random: 32)
        let stream = try written(key)
        var decryptor = try SecretStreamDecryptor(key: key, header: stream.header)
        for index in stream.chunks[0].indices {
            var changed = stream.chunks[0]
            changed[index] ^= 1
            expectFailure(.authenticationFailed, &decryptor, changed, [0])
        }
        expectFailure(.authenticationFailed, &decryptor, stream.chunks[0], [1])
        expectFailure(.authenticationFailed, &decryptor, stream.chunks[0] + [0], [0])
        for count in 0..<17 { expectFailure(.malformed, &decryptor, Array(stream.chunks[0].prefix(count)), [0]) }
    }

    @Test func anotherKeyOrHeaderOpensNothing() throws {
        let key = try SecretBytes(random: 32)
        let stream = try written(key)
        var stranger = try SecretStreamDecryptor(key: SecretBytes(random: 32), header: stream.header)
        expectFailure(.authenticationFailed, &stranger, stream.chunks[0], [0])
        var header = stream.header
        header[5] ^= 1
        var misled = try SecretStreamDecryptor(key: key, header: header)
        expectFailure(.authenticationFailed, &misled, stream.chunks[0], [0])
    }

    @Test func nothingComesAfterTheFinalChunk() throws {
        let key = try SecretBytes(random: 32)
        var encryptor = try SecretStreamEncryptor(key: key)
        let only = try encryptor.push([1], associated: [], isFinal: true)
        var second: CryptoError?
        do { _ = try encryptor.push([2], associated: [], isFinal: true) } catch { second = error }
        #expect(second == .streamFinished)
        var decryptor = try SecretStreamDecryptor(key: key, header: encryptor.header.array)
        _ = try decryptor.pull(only, associated: [])
        expectFailure(.streamFinished, &decryptor, only, [])
    }

    @Test func otherLengthsOfKeyOrHeaderAreRefused() throws {
        let short = try SecretBytes(random: 31)
        let key = try SecretBytes(random: 32)
        #expect(throws: CryptoError.invalidLength) { _ = try SecretStreamEncryptor(key: short) }
        #expect(throws: CryptoError.invalidLength) { _ = try SecretStreamDecryptor(key: short, header: []) }
        for count in [0, 23, 25] {
            let header = [UInt8](repeating: 0, count: count)
            #expect(throws: CryptoError.malformed) { _ = try SecretStreamDecryptor(key: key, header: header) }
        }
    }

    @Test func aChunkBeyondTheLimitIsRefused() throws {
        var encryptor = try SecretStreamEncryptor(key: SecretBytes(random: 32))
        let large = [UInt8](repeating: 0, count: SecretStream.maximumChunkCount + 1)
        var failure: CryptoError?
        do { _ = try encryptor.push(large, associated: [], isFinal: true) } catch { failure = error }
        #expect(failure == .inputTooLarge)
    }

    private func expectFailure(
        _ expected: CryptoError, _ decryptor: inout SecretStreamDecryptor, _ chunk: [UInt8], _ associated: [UInt8],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var failure: CryptoError?
        do { _ = try decryptor.pull(chunk, associated: associated) } catch { failure = error }
        #expect(failure == expected, sourceLocation: sourceLocation)
    }
}
