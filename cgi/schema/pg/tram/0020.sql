-- Names of the people in board_reading, as their board last reported them, at the center alone.
CREATE TABLE board_reader (
	board text COLLATE "C" NOT NULL,
	account text COLLATE "C" NOT NULL,
	name text COLLATE "C" NOT NULL,
	PRIMARY KEY (board, account)
);
