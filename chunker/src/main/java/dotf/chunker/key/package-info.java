/**
 * The vault's secret, its recovery phrase, the keys derived from it, and how it is wrapped at rest.
 */
@NullMarked
package dotf.chunker.key;

import org.jspecify.annotations.NullMarked;
