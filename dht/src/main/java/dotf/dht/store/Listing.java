package dotf.dht.store;

import java.io.IOException;
import java.util.function.Consumer;

/** Tells what a store holds, in address order, as of some moment during the call. */
final class Listing {
  private final HeldBlocks held;

  Listing(HeldBlocks held) {
    this.held = held;
  }

  void ownBlocks(Consumer<OwnBlock> consumer) throws IOException {
    new SortedFacts(held.all())
        .blocks(
            block -> {
              Held now = block.held();
              Held.Place place = now.place();
              if (now.own() && place != null) {
                consumer.accept(new OwnBlock(block.address(), place.length(), block.isChunk()));
              }
            });
  }

  void hostedBlocks(Consumer<HostedBlock> consumer) throws IOException {
    new SortedFacts(held.all())
        .blocks(
            block -> {
              Held now = block.held();
              Held.Place place = now.place();
              if (place != null) {
                now.leases()
                    .forEach(
                        (owner, until) ->
                            consumer.accept(
                                HostedBlock.of(block.address(), owner, until, place.length())));
              }
            });
  }
}
