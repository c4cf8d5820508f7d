@NullMarked
package dotf.service.text;

import org.jspecify.annotations.NullMarked;
