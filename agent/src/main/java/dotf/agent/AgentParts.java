package dotf.agent;

import dotf.chunker.disk.Disk;
import dotf.chunker.key.VaultKeys;
import dotf.dht.DhtNode;
import dotf.dht.identity.Signer;
import dotf.dht.store.BlockStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/**
 * What an agent is put together from. Whoever made the parts closes them, after the agent.
 *
 * @param home the directory with {@code journal/} and {@code catalog/}; both are made if missing
 * @param storePath the directory of the store, whose filesystem the reserve is about
 * @param keys of the vault
 * @param device signs with the node's key
 * @param phraseConfirmed whether the user has shown to have the recovery phrase
 * @param relay the listener that the node was opened with
 * @param watchers how folders are watched
 * @param random for identities; sealing needs a cryptographic source
 * @param events one thread, on which everything is decided
 * @param splitters two threads or as many as there are cores: they work on whole chunks
 * @param blocking virtual threads, one a task
 */
public record AgentParts(
    Path home,
    Path storePath,
    Disk disk,
    VaultKeys keys,
    BlockStore store,
    DhtNode node,
    Signer device,
    BooleanSupplier phraseConfirmed,
    NodeRelay relay,
    WatcherOpener watchers,
    InstantSource clock,
    SecureRandom random,
    ScheduledExecutorService events,
    Executor splitters,
    Executor blocking) {}
