package dotf.agent;

import dotf.agent.catalog.Catalog;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.Intents;
import dotf.agent.folder.Restoring;
import dotf.agent.folder.Vault;
import dotf.agent.journal.Journal;
import dotf.agent.replica.Evictor;
import dotf.agent.replica.Replicator;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.Hash;
import dotf.chunker.disk.Disk;
import dotf.dht.store.BlockStore;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all folders of this device share.
 *
 * @param name the device in version vectors: its NodeId
 * @param breaker what holds back programs that read many stubs
 * @param pausing whether the user paused storing, sending and replacing
 * @param leave what the store's health and a stop forbid
 * @param anywhere the store, then the holders; what they give is kept in the store
 * @param content the same for users' files: what enough holders have is not kept
 * @param events one thread: everything that decides runs on it
 * @param blocking for what waits for disk or network
 * @param storing permits for batches being stored or replaced, over all folders
 */
record Device(
    Hash name,
    Disk disk,
    Journal journal,
    Catalog catalog,
    Lingering lingering,
    Holds holds,
    Vault vault,
    Freeing freeing,
    Restoring restoring,
    Intents intents,
    BlockStore store,
    StormBreaker breaker,
    Pausing pausing,
    Leave leave,
    BlockSource anywhere,
    BlockSource content,
    Replicator replicator,
    Evictor evictor,
    Copies copies,
    Space space,
    Supplier<AgentSettings> settings,
    InstantSource clock,
    RandomGenerator random,
    ScheduledExecutorService events,
    Executor blocking,
    Semaphore storing) {}
