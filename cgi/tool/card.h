/* card.h: `tram card-test`: is a card or stick what it says, and does it keep what it acknowledged? */
#ifndef TRAM_TOOL_CARD_H
#define TRAM_TOOL_CARD_H

int card_main(int argc, char **argv);

#endif
