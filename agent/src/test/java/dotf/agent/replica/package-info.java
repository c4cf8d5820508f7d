@NullMarked
package dotf.agent.replica;

import org.jspecify.annotations.NullMarked;
